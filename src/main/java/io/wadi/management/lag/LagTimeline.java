package io.wadi.management.lag;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The lag of each group in the last samples, and the rates of groups and topics over the last minute. Its memory is
 * bounded by the number of samples and of monitored groups. Thread-safe.
 */
final class LagTimeline {
    /** One hour at an interval of ten seconds. */
    static final int MAX_SAMPLES = 360;
    /** The maximum number of groups in the history, which are those with the largest lag. */
    static final int MAX_GROUPS = 50;

    private static final long RATE_OVER_MS = 60_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Deque<TopicEndOffsets> recent = new ArrayDeque<>();

    private record Sample(long timeMs, Map<String, Totals> groups) {}

    /** The sums of a group's lag and committed offsets over its partitions. */
    private record Totals(long lag, long committed, int partitions) {}

    /** The sums of each topic's end offsets over its partitions. */
    private record TopicEndOffsets(long timeMs, Map<String, Long> topics) {}

    synchronized void add(LagReport report) {
        Map<String, Totals> groups = new HashMap<>();
        for (GroupLag each : report.groups()) {
            long committed = each.partitions().stream()
                    .mapToLong(PartitionLag::committed)
                    .sum();
            groups.put(
                    each.group(),
                    new Totals(each.totalLag(), committed, each.partitions().size()));
        }
        samples.addLast(new Sample(report.timeMs(), groups));
        if (samples.size() > MAX_SAMPLES) {
            samples.removeFirst();
        }
        recent.addLast(new TopicEndOffsets(report.timeMs(), ends(report)));
        while (recent.size() > 2 && report.timeMs() - recent.getFirst().timeMs() > RATE_OVER_MS) {
            recent.removeFirst();
        }
    }

    /**
     * Returns the sum of the end offsets of each topic. Topics with a partition without an available leader are
     * omitted.
     */
    static Map<String, Long> ends(LagReport report) {
        Map<String, Long> sums = new TreeMap<>();
        Map<String, Integer> known = new HashMap<>();
        report.ends().forEach((partition, end) -> {
            sums.merge(partition.topic(), end, Long::sum);
            known.merge(partition.topic(), 1, Integer::sum);
        });
        sums.keySet().removeIf(topic -> !known.get(topic).equals(report.topics().get(topic)));
        return sums;
    }

    /** Returns the offsets per second that the group committed in the last minute; empty if unknown. */
    synchronized Optional<Double> rateOfGroup(String group) {
        Sample last = samples.peekLast();
        Sample first = samples.stream()
                .filter(each -> last.timeMs() - each.timeMs() <= RATE_OVER_MS)
                .findFirst()
                .orElse(null);
        if (first == null || first.timeMs() == last.timeMs()) {
            return Optional.empty();
        }
        Totals before = first.groups().get(group);
        Totals now = last.groups().get(group);
        return before == null || now == null || before.partitions() != now.partitions()
                ? Optional.empty()
                : rate(now.committed() - before.committed(), last.timeMs() - first.timeMs());
    }

    /** Returns the offsets per second that were written to the topic in the last minute; empty if unknown. */
    synchronized Optional<Double> rateOfTopic(String topic) {
        TopicEndOffsets last = recent.peekLast();
        TopicEndOffsets first = recent.peekFirst();
        if (last == null || first.timeMs() == last.timeMs()) {
            return Optional.empty();
        }
        Long before = first.topics().get(topic);
        Long now = last.topics().get(topic);
        return before == null || now == null ? Optional.empty() : rate(now - before, last.timeMs() - first.timeMs());
    }

    /** Returns the rate; empty for a negative difference, after a reset or after a topic was recreated. */
    private static Optional<Double> rate(long offsets, long ms) {
        return offsets < 0 || ms <= 0 ? Optional.empty() : Optional.of(offsets * 1000.0 / ms);
    }

    /**
     * Returns {@code times}, oldest first, and for each group one lag per time; null if the group did not exist then.
     */
    synchronized ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode times = json.putArray("times");
        samples.forEach(each -> times.add(each.timeMs()));
        ObjectNode groups = json.putObject("groups");
        for (String group : largestLags()) {
            ArrayNode lags = groups.putArray(group);
            for (Sample sample : samples) {
                Totals totals = sample.groups().get(group);
                lags.add(totals == null ? null : totals.lag());
            }
        }
        return json;
    }

    private List<String> largestLags() {
        Map<String, Long> largest = new HashMap<>();
        samples.forEach(
                each -> each.groups().forEach((group, totals) -> largest.merge(group, totals.lag(), Long::max)));
        return largest.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MAX_GROUPS)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }
}
