package io.wadi.kafka.consumer;

import java.util.Random;

/** The random faults of one schedule, until {@link #end}. */
final class SimulatedFaults {
    private final Random random;
    private final int percent;
    private boolean isActive = true;

    SimulatedFaults(Random random) {
        this.random = random;
        percent = random.nextInt(12);
    }

    /** Returns whether an operation fails; each schedule has its own share of failures, below 12 %. */
    boolean fails() {
        return isActive && random.nextInt(100) < percent;
    }

    /** Returns whether a fault occurs that has a chance of one in so many. */
    boolean oneIn(int chances) {
        return isActive && random.nextInt(chances) == 0;
    }

    boolean isActive() {
        return isActive;
    }

    void end() {
        isActive = false;
    }
}
