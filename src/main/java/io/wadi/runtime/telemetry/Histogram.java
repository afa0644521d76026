package io.wadi.runtime.telemetry;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** A histogram of durations. Thread-safe; recording takes about ten nanoseconds. */
public final class Histogram {
    /** The bounds in milliseconds, from an acknowledgement's latency to the lifetime of an open file. */
    private static final long[] BOUNDS = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000,
        3_600_000
    };

    private static final List<String> NAMES = names();

    private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
    private final LongAdder sum = new LongAdder();
    /** The number of callers that record values, guarded by {@link Histograms}. */
    int users;

    Histogram() {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    private static List<String> names() {
        return java.util.stream.LongStream.of(BOUNDS)
                .mapToObj(Exposition::bound)
                .toList();
    }

    /** Records a number of values with the same duration; a negative duration, caused by clock skew, counts as 0. */
    public void record(long milliseconds, long count) {
        long taken = Math.max(0, milliseconds);
        int bucket = 0;
        while (bucket < BOUNDS.length && taken > BOUNDS[bucket]) {
            bucket++;
        }
        buckets[bucket].add(count);
        sum.add(taken * count);
    }

    void writeTo(Exposition out, String metric, String labels) {
        String before = labels.isEmpty() ? "le=\"" : labels + ",le=\"";
        long count = 0;
        for (int i = 0; i < BOUNDS.length; i++) {
            count += buckets[i].sum();
            out.sample(metric, "_bucket", before + NAMES.get(i) + '"', count);
        }
        count += buckets[BOUNDS.length].sum();
        out.sample(metric, "_bucket", before + "+Inf\"", count);
        out.sample(metric, "_count", labels, count);
        out.thousandths(metric + "_sum", labels, sum.sum());
    }
}
