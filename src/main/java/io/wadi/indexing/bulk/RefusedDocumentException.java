package io.wadi.indexing.bulk;

/** A document that Elasticsearch will never take; the message says where, with which status, and why. */
public final class RefusedDocumentException extends RuntimeException {
    /** Takes what was answered. */
    public RefusedDocumentException(String message) {
        super(message);
    }
}
