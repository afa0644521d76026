package io.wadi.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How often somebody has asked us to stop. */
final class StopRequest {
    private final AtomicInteger times = new AtomicInteger();
    private final CountDownLatch asked = new CountDownLatch(1);

    /** Somebody asks; returns which time this is, from 1. */
    int ask() {
        int time = times.incrementAndGet();
        asked.countDown();
        return time;
    }

    /** Whether anybody has asked. */
    boolean asked() {
        return times.get() > 0;
    }

    /** Waits until somebody asks, at most this long; tells whether somebody has. */
    boolean await(Duration patience) {
        try {
            return asked.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
