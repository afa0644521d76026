package io.wadi.runtime.telemetry;

import java.lang.ref.SoftReference;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The text of a scrape, which requests share so that clients that scrape all the time take at most a tenth of one
 * processor: a text is used again for nine times as long as it took to write it, for a quarter of a second at most.
 * Requests that arrive meanwhile wait for it. Thread-safe.
 */
final class SharedScrape {
    private static final int USED_FOR = 9;
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Supplier<String> writer;
    private final LongSupplier nanoseconds;
    /** Not kept when memory is short: the metrics of 10,000 partitions are several megabytes. */
    private SoftReference<String> last = new SoftReference<>(null);

    private long expiry;

    SharedScrape(Supplier<String> writer, LongSupplier nanoseconds) {
        this.writer = writer;
        this.nanoseconds = nanoseconds;
    }

    synchronized String text() {
        long start = nanoseconds.getAsLong();
        String text = last.get();
        if (text == null || start - expiry >= 0) {
            text = writer.get();
            last = new SoftReference<>(text);
            long end = nanoseconds.getAsLong();
            expiry = end + Math.min(LONGEST_NANOS, USED_FOR * (end - start));
        }
        return text;
    }
}
