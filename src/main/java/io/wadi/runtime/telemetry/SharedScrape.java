package io.wadi.runtime.telemetry;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The text of a scrape. Writing it takes at most a twentieth of one processor's time, with bursts of two seconds.
 * Beyond that, requests get the previous text again. Pauses of the process are not charged. Thread-safe.
 */
final class SharedScrape {
    private static final int SHARE = 20;
    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Supplier<String> writer;
    private final LongSupplier nanoTime;
    private final LongSupplier cpuTime;
    /**
     * The previous text if the budget is used up; otherwise null, since the metrics of 10,000 partitions are several
     * megabytes.
     */
    private String last;

    /** The CPU time that writing may still take, in nanoseconds: a token bucket. */
    private long budget = BURST_NANOS;

    private long refilled;

    /**
     * Creates a scrape.
     *
     * @param cpuTime returns the CPU time of the current thread in nanoseconds
     */
    SharedScrape(Supplier<String> writer, LongSupplier nanoTime, LongSupplier cpuTime) {
        this.writer = writer;
        this.nanoTime = nanoTime;
        this.cpuTime = cpuTime;
        this.refilled = nanoTime.getAsLong();
    }

    synchronized String text() {
        long start = nanoTime.getAsLong();
        budget = Math.min(BURST_NANOS, budget + (start - refilled) / SHARE);
        refilled = start;
        if (budget <= 0) {
            return last;
        }
        long begin = cpuTime.getAsLong();
        String text = writer.get();
        budget -= cpuTime.getAsLong() - begin;
        last = budget > 0 ? null : text;
        return text;
    }
}
