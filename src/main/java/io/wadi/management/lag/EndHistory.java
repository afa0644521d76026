package io.wadi.management.lag;

import java.util.Arrays;

/**
 * Where a partition's end stood when it was looked at: the last looks one by one, those before them ever further apart, so
 * that a fixed number reaches far back. Not thread-safe.
 */
final class EndHistory {
    /** Looks that are all kept. */
    static final int RECENT = 10;

    private static final int MOST = 32;

    private final long[] times = new long[MOST];
    private final long[] ends = new long[MOST];
    private int size;

    /** Takes a look. An end that went back is another log, of which nothing is known from before. */
    void add(long timeMs, long end) {
        if (size > 0 && end < ends[size - 1]) {
            size = 0;
        }
        if (size == MOST) {
            thin();
        }
        times[size] = timeMs;
        ends[size] = end;
        size++;
    }

    /** Forgets every second of those that are not recent; the very first stays. */
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

    /** The end at the first of the recent looks; the largest possible one where nobody has looked. */
    long oldestRecent() {
        return size == 0 ? Long.MAX_VALUE : ends[Math.max(0, size - RECENT)];
    }

    /** Where the end stood at a time, between two looks in proportion; {@link Commit#UNKNOWN} before the first and after the last. */
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
     * How old the first record after an offset is: when the end passed the offset, between two looks in proportion.
     *
     * @return exact is false where the end had passed it at the first look that is remembered: it is older than that
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

    /** An age in milliseconds; where it is not exact it is at least that. */
    record Age(long ms, boolean exact) {}

    /** The place of the first number that is larger, in those that are in order. */
    private int upperBound(long[] numbers, long number) {
        int found = Arrays.binarySearch(numbers, 0, size, number);
        int place = found < 0 ? -found - 1 : found + 1;
        while (place < size && numbers[place] <= number) {
            place++;
        }
        return place;
    }
}
