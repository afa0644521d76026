package io.wadi.ingest.limits;

/**
 * How much of a request may be on its way to Kafka at a time: as many bytes as room is held for. More room is asked for as it is
 * needed, up to a limit, and returned when nothing is on its way. What is on its way exceeds the room by one event at most. Not for several threads.
 */
public final class SendWindow {
    /** So much more room is asked for at a time. */
    static final long STEP = 64 << 10;

    private final long least;
    private final long most;
    private final Lease lease;
    private long room;
    private long open;

    /**
     * Begins with nothing on its way.
     *
     * @param room bytes that room is held for already
     * @param most up to which more is asked for
     * @param lease is charged with the room beyond that
     */
    public SendWindow(long room, long most, Lease lease) {
        this.least = room;
        this.room = room;
        this.most = most;
        this.lease = lease;
    }

    /** Whether one more event may be sent. With nothing on its way one always may. */
    public boolean isOpen() {
        if (open == 0 || open < room) {
            return true;
        }
        long step = Math.min(STEP, most - room);
        if (step > 0 && lease.grow(step)) {
            room += step;
            return true;
        }
        return false;
    }

    /** So many bytes were sent. */
    public void sent(long bytes) {
        open += bytes;
    }

    /** Of what was sent so much has its answer. */
    public void answered(long bytes) {
        open -= bytes;
        if (open == 0 && room > least) {
            lease.shrink(room - least);
            room = least;
        }
    }
}
