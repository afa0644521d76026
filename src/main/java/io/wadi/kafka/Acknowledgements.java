package io.wadi.kafka;

import java.time.Duration;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/** Counts the sends that a consumer's poll led to, until Kafka has acknowledged all of them. Thread-safe. */
final class Acknowledgements {
    private int outstanding;
    private Exception failure;
    private boolean woken;

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

    /** Makes a wait that is under way, or the next one, throw a {@link WakeupException}. */
    synchronized void wakeup() {
        woken = true;
        notifyAll();
    }

    /**
     * Waits until every send has its answer.
     *
     * @return the first failure since the last call, or null
     * @throws WakeupException where {@link #wakeup()} was called
     */
    synchronized Exception await(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (outstanding > 0) {
            if (woken) {
                woken = false;
                throw new WakeupException();
            }
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return new TimeoutException(outstanding + " sends were not acknowledged within " + atMost);
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
