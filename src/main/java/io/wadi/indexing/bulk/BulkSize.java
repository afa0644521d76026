package io.wadi.indexing.bulk;

/**
 * How large a {@code _bulk} request may be now: halved when Elasticsearch has too much to do, and a little larger again with
 * each full one that goes well.
 */
final class BulkSize {
    private static final int STEPS_BACK = 20;

    private final int mostDocuments;
    private long mostBytes;
    private int documents;
    private long bytes;

    /** Takes the limits that it begins with and never goes beyond. */
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

    /** Whether so much is a full request. */
    boolean isFull(int ofDocuments, long ofBytes) {
        return ofDocuments >= documents || ofBytes >= bytes;
    }

    /** A request went well. */
    void wentWell(DocumentBatch bulk) {
        if (2 * bulk.size() >= documents || 2 * bulk.bytes() >= bytes) {
            documents = Math.min(mostDocuments, documents + Math.max(1, mostDocuments / STEPS_BACK));
            bytes = Math.min(mostBytes, bytes + Math.max(1, mostBytes / STEPS_BACK));
        }
    }

    /** Elasticsearch has too much to do. */
    void wasTooMuch() {
        documents = Math.max(1, documents / 2);
        bytes = Math.max(1, bytes / 2);
    }

    /** Elasticsearch, or a proxy before it, takes no request as large as this, and never will. */
    void wasTooLarge(DocumentBatch bulk) {
        mostBytes = Math.max(1, Math.min(mostBytes, bulk.bytes() / 2));
        bytes = Math.min(bytes, mostBytes);
    }
}
