package io.wadi.management.lag;

import java.util.Arrays;

/**
 * The end offsets of a partition over time. All recent samples are kept. Older samples are kept at growing intervals,
 * so that a fixed number of samples covers a long time. Not thread-safe.
 */
final class EndHistory {
    /** The number of recent samples, which are all kept. */
    static final int RECENT = 10;

    private static final int MAX_SAMPLES = 32;

    private final long[] times = new long[MAX_SAMPLES];
    private final long[] ends = new long[MAX_SAMPLES];
    private int size;

    /**
     * Adds a sample. If the end offset is smaller than before, the topic was recreated, and older samples are removed.
     * If the clock was set back, the samples with a later time are removed, since all are searched by their order.
     */
    void add(long timeMs, long end) {
        if (size > 0 && end < ends[size - 1]) {
            size = 0;
        }
        while (size > 0 && times[size - 1] > timeMs) {
            size--;
        }
        if (size == MAX_SAMPLES) {
            thin();
        }
        times[size] = timeMs;
        ends[size] = end;
        size++;
    }

    /** Removes every second of the samples that are not recent, but not the first. */
    private void thin() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (i % 2 == 0 || i >= size - RECENT) {
                times[kept] = times[i];
                ends[kept] = ends[i];
                kept++;
            }
        }
        size = kept;
    }

    /** Returns the end offset of the oldest recent sample; {@link Long#MAX_VALUE} without samples. */
    long oldestRecent() {
        return size == 0 ? Long.MAX_VALUE : ends[Math.max(0, size - RECENT)];
    }

    /**
     * Returns the interpolated end offset at a time; {@link Commit#UNKNOWN} for a time before the first sample or after
     * the last.
     */
    long at(long timeMs) {
        int after = upperBound(times, timeMs);
        if (after == 0 || (after == size && times[size - 1] < timeMs)) {
            return Commit.UNKNOWN;
        }
        if (times[after - 1] == timeMs) {
            return ends[after - 1];
        }
        double share = (double) (timeMs - times[after - 1]) / (times[after] - times[after - 1]);
        return ends[after - 1] + Math.round(share * (ends[after] - ends[after - 1]));
    }

    /**
     * Returns the age of the first record at or after an offset: the interpolated time since the end offset passed it.
     * The age is a lower bound if the end offset passed it before the first sample.
     */
    Age age(long offset, long nowMs) {
        int after = upperBound(ends, offset);
        if (after == size) {
            return new Age(0, true);
        }
        if (after == 0) {
            return new Age(Math.max(0, nowMs - times[0]), false);
        }
        double share = (double) (offset - ends[after - 1]) / (ends[after] - ends[after - 1]);
        long passed = times[after - 1] + Math.round(share * (times[after] - times[after - 1]));
        return new Age(Math.max(0, nowMs - passed), true);
    }

    /** An age in milliseconds; a lower bound if it is not exact. */
    record Age(long ms, boolean exact) {}

    /** Returns the index of the first larger number in a sorted array. */
    private int upperBound(long[] numbers, long number) {
        int found = Arrays.binarySearch(numbers, 0, size, number);
        int index = found < 0 ? -found - 1 : found + 1;
        while (index < size && numbers[index] <= number) {
            index++;
        }
        return index;
    }
}
