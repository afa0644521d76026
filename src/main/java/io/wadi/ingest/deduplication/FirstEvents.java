package io.wadi.ingest.deduplication;

/** The first events of the ids of one partition of an inbox, in the order of their time. Not thread-safe. */
interface FirstEvents extends AutoCloseable {

    /** Returns the first event of an id; null if it is unknown. */
    First find(Digest id);

    /** Adds or replaces the first event of an id. */
    void put(Digest id, First first);

    /**
     * Removes the oldest ids if their first event is older than this time.
     *
     * @param max maximum number of removed ids
     * @return the number of removed ids
     */
    int expire(long beforeMs, int max);

    /** Returns the number of ids. */
    long size();

    @Override
    void close();
}
