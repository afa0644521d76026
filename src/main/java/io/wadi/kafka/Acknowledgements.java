package io.wadi.kafka;

import java.time.Duration;
import org.apache.kafka.common.errors.TimeoutException;

/** Counts the sends that a consumer's poll led to, until Kafka has acknowledged all of them. Thread-safe. */
final class Acknowledgements {
    private static final Duration IN_A_HURRY = Duration.ofSeconds(5);

    private int outstanding;
    private Exception failure;
    private boolean hurried;

    synchronized void sent() {
        outstanding++;
    }

    synchronized void answered(Exception error) {
        outstanding--;
        if (error != null && failure == null) {
            failure = error;
        }
        if (outstanding == 0) {
            notifyAll();
        }
    }

    /** Whether a send has failed since the last {@link #await}. */
    synchronized boolean hasFailed() {
        return failure != null;
    }

    /** Lets no wait, the one that is under way included, take longer than {@link #IN_A_HURRY} from now on. */
    synchronized void hurry() {
        hurried = true;
        notifyAll();
    }

    /**
     * Waits until every send has its answer.
     *
     * @return the first failure since the last call, a timeout included, or null
     */
    synchronized Exception await(Duration atMost) {
        long begin = System.nanoTime();
        boolean inAHurry = false;
        Duration within = atMost;
        while (outstanding > 0) {
            if (hurried && !inAHurry) {
                inAHurry = true;
                begin = System.nanoTime();
                within = IN_A_HURRY;
            }
            long leftMs = (begin + within.toNanos() - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return new TimeoutException(outstanding + " sends were not acknowledged within " + within);
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new org.apache.kafka.common.errors.InterruptException(e);
            }
        }
        Exception first = failure;
        failure = null;
        return first;
    }
}
