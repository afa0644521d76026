package io.wadi.indexing.bulk;

/**
 * The adaptive maximum size of a {@code _bulk} request: halved when Elasticsearch is overloaded, and increased a little
 * with each full request that succeeds.
 */
final class BulkSize {
    private static final int GROWTH_STEPS = 20;

    private final int maxDocuments;
    private long maxBytes;
    private int documents;
    private long bytes;

    BulkSize(int maxDocuments, long maxBytes) {
        this.maxDocuments = maxDocuments;
        this.maxBytes = maxBytes;
        this.documents = maxDocuments;
        this.bytes = maxBytes;
    }

    int documents() {
        return documents;
    }

    long bytes() {
        return bytes;
    }

    /** Returns whether these documents make a full request. */
    boolean isFull(int ofDocuments, long ofBytes) {
        return ofDocuments >= documents || ofBytes >= bytes;
    }

    /** Increases the size after a full request that succeeded. */
    void onSuccess(DocumentBatch bulk) {
        if (2 * bulk.size() >= documents || 2 * bulk.bytes() >= bytes) {
            documents = Math.min(maxDocuments, documents + Math.max(1, maxDocuments / GROWTH_STEPS));
            bytes = Math.min(maxBytes, bytes + Math.max(1, maxBytes / GROWTH_STEPS));
        }
    }

    /** Halves the size, since Elasticsearch is overloaded. */
    void onOverload() {
        documents = Math.max(1, documents / 2);
        bytes = Math.max(1, bytes / 2);
    }

    /** Reduces the maximum, since Elasticsearch, or a proxy in front of it, never accepts a request of this size. */
    void onTooLarge(DocumentBatch bulk) {
        maxBytes = Math.max(1, Math.min(maxBytes, bulk.bytes() / 2));
        bytes = Math.min(bytes, maxBytes);
    }
}
