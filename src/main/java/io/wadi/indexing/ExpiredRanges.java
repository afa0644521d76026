package io.wadi.indexing;

import io.wadi.kafka.targets.RecordTarget.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The offsets of a partition that Kafka deleted before they were indexed, as the metadata of the committed offset:
 * {@code indexed expired=100-149,300-310}. There are at most twenty ranges. Beyond that, the two closest ones are
 * joined, including the offsets between them.
 */
final class ExpiredRanges {
    private static final int MAX = 20;
    private static final String PREFIX = "indexed expired=";

    private final List<Range> ranges;

    private ExpiredRanges(List<Range> ranges) {
        this.ranges = new ArrayList<>(ranges);
    }

    /** Returns the ranges in committed metadata, to which others can be added. */
    static ExpiredRanges of(String metadata) {
        return new ExpiredRanges(parse(metadata));
    }

    /** Parses committed metadata; empty if it has no ranges. */
    static List<Range> parse(String metadata) {
        if (!metadata.matches(PREFIX + "\\d{1,18}-\\d{1,18}(,\\d{1,18}-\\d{1,18})*")) {
            return List.of();
        }
        List<Range> ranges = new ArrayList<>();
        for (String each : metadata.substring(PREFIX.length()).split(",", -1)) {
            int dash = each.indexOf('-');
            ranges.add(new Range(Long.parseLong(each.substring(0, dash)), Long.parseLong(each.substring(dash + 1))));
        }
        return ranges;
    }

    /** Adds a range that ends after all others. */
    void add(Range expired) {
        long first = expired.first();
        while (!ranges.isEmpty() && ranges.get(ranges.size() - 1).last() >= first - 1) {
            first = Math.min(first, ranges.remove(ranges.size() - 1).first());
        }
        ranges.add(new Range(first, expired.last()));
        if (ranges.size() > MAX) {
            joinClosest();
        }
    }

    private void joinClosest() {
        int closest = 1;
        for (int i = 2; i < ranges.size(); i++) {
            if (distance(i) < distance(closest)) {
                closest = i;
            }
        }
        Range later = ranges.remove(closest);
        ranges.set(closest - 1, new Range(ranges.get(closest - 1).first(), later.last()));
    }

    private long distance(int index) {
        return ranges.get(index).first() - ranges.get(index - 1).last();
    }

    /** Returns the metadata to commit; empty if there are no ranges. */
    String metadata() {
        return ranges.isEmpty()
                ? ""
                : ranges.stream()
                        .map(each -> each.first() + "-" + each.last())
                        .collect(Collectors.joining(",", PREFIX, ""));
    }
}
