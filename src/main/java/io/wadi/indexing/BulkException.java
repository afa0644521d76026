package io.wadi.indexing;

/** Elasticsearch did not take documents; the message says which, its status and its reason. */
public final class BulkException extends RuntimeException {
    /** Takes what was sent and what was answered. */
    public BulkException(String message) {
        super(message);
    }
}
