package io.wadi.extension.connectors.source;

import java.util.List;
import java.util.Map;

/** A reader of a source that continues from source offsets. Used on one thread. */
public interface SourceReader extends AutoCloseable {
    /**
     * The result of one poll.
     *
     * @param records may be empty
     * @param offsets source offsets by source partition; null removes a partition
     */
    record Poll(List<PolledRecord> records, Map<String, String> offsets) {
        /** An empty result. */
        public static final Poll EMPTY = new Poll(List.of(), Map.of());

        /** Returns whether there is nothing to commit. */
        boolean isEmpty() {
            return records.isEmpty() && offsets.isEmpty();
        }
    }

    /**
     * Starts reading.
     *
     * @param offsets the committed source offsets by source partition; empty if there are none
     * @throws Exception if it cannot; the reader is closed, and a new one starts later
     */
    void start(Map<String, String> offsets) throws Exception;

    /**
     * Reads on. The offsets of the previous poll are committed when this is called.
     *
     * @throws Exception if it cannot; the reader is closed, and a new one starts at the committed offsets later
     */
    Poll poll() throws Exception;

    /** Closes open resources. Never throws. */
    @Override
    void close();
}
