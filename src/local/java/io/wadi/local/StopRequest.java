package io.wadi.local;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How often somebody has asked us to stop. */
public final class StopRequest {
    private final AtomicInteger times = new AtomicInteger();
    private final CountDownLatch asked = new CountDownLatch(1);

    /** Somebody asks; returns which time this is, from 1. */
    public int ask() {
        int time = times.incrementAndGet();
        asked.countDown();
        return time;
    }

    /** Whether anybody has asked. */
    public boolean asked() {
        return times.get() > 0;
    }

    /** Waits until somebody asks, at most this long; tells whether somebody has. */
    public boolean await(Duration patience) {
        try {
            return asked.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
