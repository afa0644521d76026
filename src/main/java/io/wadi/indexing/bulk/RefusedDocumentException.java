package io.wadi.indexing.bulk;

/** A document that Elasticsearch rejects for good; the message names index, status and reason. */
public final class RefusedDocumentException extends RuntimeException {
    /** Takes the reason. */
    public RefusedDocumentException(String message) {
        super(message);
    }
}
