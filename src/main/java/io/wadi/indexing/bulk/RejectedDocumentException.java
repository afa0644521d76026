package io.wadi.indexing.bulk;

/** Thrown for a document that Elasticsearch rejects permanently; the message names index, status and reason. */
public final class RejectedDocumentException extends RuntimeException {
    public RejectedDocumentException(String message) {
        super(message);
    }
}
