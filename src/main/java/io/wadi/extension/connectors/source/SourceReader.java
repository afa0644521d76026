package io.wadi.extension.connectors.source;

import java.util.List;
import java.util.Map;

/** Reads something from where it was read to before. Used on one thread. */
public interface SourceReader extends AutoCloseable {
    /**
     * What was read at a time.
     *
     * @param items may be none
     * @param positions where to read on, by part; null forgets a part
     */
    record Reading(List<SourceRecord> items, Map<String, String> positions) {
        /** Nothing now. */
        public static final Reading NOTHING = new Reading(List.of(), Map.of());

        /** Whether there is nothing to be done. */
        boolean isNothing() {
            return items.isEmpty() && positions.isEmpty();
        }
    }

    /**
     * Begins.
     *
     * @param positions as they were kept last; empty where nothing was read yet
     * @throws Exception where it cannot: it is closed, and one begins anew later
     */
    void begin(Map<String, String> positions) throws Exception;

    /**
     * Reads on. The positions of the reading before are kept when this is called.
     *
     * @throws Exception where it cannot: it is closed, and one begins at what is kept later
     */
    Reading next() throws Exception;

    /** Lets go of what is open. Never throws. */
    @Override
    void close();
}
