package io.wadi.runtime.telemetry;

import java.lang.ref.SoftReference;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The text of a scrape, which takes at most a quarter of one processor's time, with bursts of two seconds: beyond it,
 * requests get the last text again. Thread-safe.
 */
final class SharedScrape {
    private static final int SHARE = 4;
    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Supplier<String> writer;
    private final LongSupplier nanoTime;
    /** Not kept when memory is short: the metrics of 10,000 partitions are several megabytes. */
    private SoftReference<String> last = new SoftReference<>(null);

    /** The time that writing may take, a token bucket. */
    private long budget = BURST_NANOS;

    private long refilled;

    SharedScrape(Supplier<String> writer, LongSupplier nanoTime) {
        this.writer = writer;
        this.nanoTime = nanoTime;
        this.refilled = nanoTime.getAsLong();
    }

    synchronized String text() {
        long start = nanoTime.getAsLong();
        budget = Math.min(BURST_NANOS, budget + (start - refilled) / SHARE);
        refilled = start;
        String text = last.get();
        if (text == null || budget > 0) {
            text = writer.get();
            last = new SoftReference<>(text);
            budget -= nanoTime.getAsLong() - start;
        }
        return text;
    }
}
