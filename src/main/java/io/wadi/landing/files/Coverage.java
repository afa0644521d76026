package io.wadi.landing.files;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The union, gaps and overlaps of ranges of offsets.
 *
 * @param covered the offsets in at least one range, in order, as few ranges as possible
 * @param gaps the offsets between the first and the last of {@code covered} that are in no range, in order
 * @param overlaps the offsets in more than one range, in order of their first offsets
 */
public record Coverage(List<OffsetRange> covered, List<OffsetRange> gaps, List<Overlap> overlaps) {

    /**
     * Offsets that two ranges have in common.
     *
     * @param one index of the range that begins earlier
     * @param other index of the one that begins later or at the same offset
     */
    public record Overlap(int one, int other, OffsetRange offsets) {}

    public static Coverage of(List<OffsetRange> ranges) {
        List<OffsetRange> covered = new ArrayList<>();
        List<OffsetRange> gaps = new ArrayList<>();
        List<Overlap> overlaps = new ArrayList<>();
        int furthest = -1;
        for (int index : byFirst(ranges)) {
            OffsetRange range = ranges.get(index);
            if (furthest < 0) {
                covered.add(range);
                furthest = index;
                continue;
            }
            long reached = ranges.get(furthest).last();
            if (range.first() <= reached) {
                overlaps.add(
                        new Overlap(furthest, index, new OffsetRange(range.first(), Math.min(range.last(), reached))));
            } else if (range.first() - 1 > reached) {
                gaps.add(new OffsetRange(reached + 1, range.first() - 1));
                covered.add(range);
            }
            if (range.last() > reached) {
                int end = covered.size() - 1;
                covered.set(end, new OffsetRange(covered.get(end).first(), range.last()));
                furthest = index;
            }
        }
        return new Coverage(List.copyOf(covered), List.copyOf(gaps), List.copyOf(overlaps));
    }

    private static int[] byFirst(List<OffsetRange> ranges) {
        return IntStream.range(0, ranges.size())
                .boxed()
                .sorted(Comparator.comparingLong(index -> ranges.get(index).first()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /**
     * Returns the offsets of a range that are in none of the others, in order; the others may overlap and exceed the
     * range.
     */
    public static List<OffsetRange> without(OffsetRange range, List<OffsetRange> others) {
        List<OffsetRange> left = new ArrayList<>();
        long next = range.first();
        for (OffsetRange other : of(others).covered()) {
            if (other.first() > range.last()) {
                break;
            }
            if (other.first() > next) {
                left.add(new OffsetRange(next, other.first() - 1));
            }
            if (other.last() >= range.last()) {
                return left;
            }
            next = Math.max(next, other.last() + 1);
        }
        left.add(new OffsetRange(next, range.last()));
        return left;
    }
}
