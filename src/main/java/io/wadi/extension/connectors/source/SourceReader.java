package io.wadi.extension.connectors.source;

import java.util.List;
import java.util.Map;

/** A reader of a source that continues from a source offset. Used on one thread. */
public interface SourceReader extends AutoCloseable {
    /**
     * The result of one read.
     *
     * @param items may be none
     * @param positions source offsets by part; null removes a part
     */
    record Reading(List<SourceRecord> items, Map<String, String> positions) {
        /** An empty result. */
        public static final Reading NOTHING = new Reading(List.of(), Map.of());

        /** Returns whether there is nothing to commit. */
        boolean isNothing() {
            return items.isEmpty() && positions.isEmpty();
        }
    }

    /**
     * Starts reading.
     *
     * @param positions the committed source offsets; empty if there are none
     * @throws Exception where it cannot: it is closed, and one begins anew later
     */
    void begin(Map<String, String> positions) throws Exception;

    /**
     * Reads on. The positions of the reading before are kept when this is called.
     *
     * @throws Exception where it cannot: it is closed, and one begins at what is kept later
     */
    Reading next() throws Exception;

    /** Closes open resources. Never throws. */
    @Override
    void close();
}
