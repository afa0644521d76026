package io.wadi.indexing.bulk;

/** A document that Elasticsearch rejects for good; the message names index, status and reason. */
public final class RejectedDocumentException extends RuntimeException {
    public RejectedDocumentException(String message) {
        super(message);
    }
}
