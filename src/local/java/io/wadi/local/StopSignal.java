package io.wadi.local;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Records the user's stop requests. */
public final class StopSignal {
    private final AtomicInteger times = new AtomicInteger();
    private final CountDownLatch requested = new CountDownLatch(1);

    /** Records a request; returns its number, from 1. */
    public int request() {
        int time = times.incrementAndGet();
        requested.countDown();
        return time;
    }

    public boolean isRequested() {
        return times.get() > 0;
    }

    /** Waits for a request; returns whether there is one within the timeout. */
    public boolean await(Duration timeout) {
        try {
            return requested.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
