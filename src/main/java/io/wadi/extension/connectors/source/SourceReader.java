package io.wadi.extension.connectors.source;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A reader of a source, which continues at source offsets. Used on one thread. */
public interface SourceReader extends AutoCloseable {
    /**
     * The result of one poll.
     *
     * @param records the records; may be empty
     * @param offsets the source offsets after them, by source partition; null removes the offset of a source partition
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
     * @throws Exception if it fails; the reader is then closed, and a new one starts later
     */
    void start(Map<String, String> offsets) throws Exception;

    /**
     * Reads the next records. The offsets of the previous poll have been committed.
     *
     * @throws Exception if it fails; the reader is then closed, and a new one starts later at the committed offsets
     */
    Poll poll() throws Exception;

    /** Returns the reason why a part of the source cannot be read, after {@link #poll}; empty if there is none. */
    default Optional<String> problem() {
        return Optional.empty();
    }

    /** Closes open resources. Never throws. */
    @Override
    void close();
}
