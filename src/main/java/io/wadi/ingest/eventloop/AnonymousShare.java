package io.wadi.ingest.eventloop;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;

/**
 * The share of the event loops' time that clients without a key may use. It is reduced while the processors are busy
 * and clients with a key are connected: these also need the processors for Kafka's client, for the broker and for
 * themselves, where the loops' schedules have no effect. The share follows the load by additive increase and
 * multiplicative decrease (Chiu and Jain, 1989). Thread-safe, except that {@link #update} must not run concurrently.
 */
public final class AnonymousShare {
    /** The load of all processors above which the share is reduced: beyond, waits for a processor grow steeply. */
    static final double MAX_LOAD = 0.85;
    /** The least share, so that no client is stopped. */
    static final double MIN = 0.0625;

    private static final double DECREASE = 0.7;
    private static final double INCREASE = 0.02;

    private final DoubleSupplier cpuLoad;
    private final AtomicInteger clientsWithKey = new AtomicInteger();
    private volatile double share = 1;

    /**
     * Creates the share of the loops of one server.
     *
     * @param cpuLoad returns the load of all processors since its last call, from 0 to 1; negative or NaN if unknown
     */
    public AnonymousShare(DoubleSupplier cpuLoad) {
        this.cpuLoad = cpuLoad;
    }

    /** Adjusts the share to the load since the last call. Called at regular intervals. */
    public void update() {
        boolean isScarce = cpuLoad.getAsDouble() > MAX_LOAD && clientsWithKey.get() > 0;
        share = isScarce ? Math.max(MIN, share * DECREASE) : Math.min(1, share + INCREASE);
    }

    /** Returns the share, from {@value #MIN} to 1. */
    public double share() {
        return share;
    }

    /** Returns whether the share is less than the whole time. */
    boolean isLimited() {
        return share < 1;
    }

    /** Counts the clients with a key that are connected to a loop. */
    void addClientsWithKey(int number) {
        clientsWithKey.addAndGet(number);
    }
}
