package io.wadi.ingest;

import java.util.function.LongPredicate;

/**
 * How much of a request may be on its way to Kafka at a time: so many bytes as room is held for, and more room is asked for as
 * it is needed, up to a limit. What is on its way exceeds the room by one event at most. Not for several threads.
 */
final class Window {
    /** So much more room is asked for at a time. */
    static final long STEP = 64 << 10;

    private final long most;
    private final LongPredicate more;
    private long room;
    private long open;

    /**
     * Begins with nothing on its way.
     *
     * @param room bytes that room is held for
     * @param most up to which more is asked for
     * @param more asks for room for so many more bytes; whether there was
     */
    Window(long room, long most, LongPredicate more) {
        this.room = room;
        this.most = most;
        this.more = more;
    }

    /** Whether one more event may be sent. With nothing on its way one always may. */
    boolean isOpen() {
        if (open == 0 || open < room) {
            return true;
        }
        long step = Math.min(STEP, most - room);
        if (step > 0 && more.test(step)) {
            room += step;
            return true;
        }
        return false;
    }

    /** So many bytes were sent. */
    void sent(long bytes) {
        open += bytes;
    }

    /** Of what was sent so much has its answer. */
    void answered(long bytes) {
        open -= bytes;
    }
}
