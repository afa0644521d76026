package io.wadi.indexing.bulk;

/**
 * The adaptive maximum size of a {@code _bulk} request: halved when Elasticsearch is overloaded, and increased a little
 * with each full request that succeeds.
 */
final class BulkSize {
    private static final int STEPS_BACK = 20;

    private final int mostDocuments;
    private long mostBytes;
    private int documents;
    private long bytes;

    BulkSize(int mostDocuments, long mostBytes) {
        this.mostDocuments = mostDocuments;
        this.mostBytes = mostBytes;
        this.documents = mostDocuments;
        this.bytes = mostBytes;
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
            documents = Math.min(mostDocuments, documents + Math.max(1, mostDocuments / STEPS_BACK));
            bytes = Math.min(mostBytes, bytes + Math.max(1, mostBytes / STEPS_BACK));
        }
    }

    /** Halves the size, since Elasticsearch is overloaded. */
    void onOverload() {
        documents = Math.max(1, documents / 2);
        bytes = Math.max(1, bytes / 2);
    }

    /** Reduces the maximum, since Elasticsearch, or a proxy in front of it, never accepts a request of this size. */
    void onTooLarge(DocumentBatch bulk) {
        mostBytes = Math.max(1, Math.min(mostBytes, bulk.bytes() / 2));
        bytes = Math.min(bytes, mostBytes);
    }
}
