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
 * How far each group was behind at the last looks, and how fast it and the topics have moved since a minute ago. What it keeps
 * is bounded by the looks and by the groups that are watched. Thread-safe.
 */
final class LagTimeline {
    /** An hour of looks, ten seconds apart. */
    static final int LOOKS = 360;
    /** Groups whose past is told: those that were furthest behind. */
    static final int MOST_GROUPS = 50;

    private static final long RATE_OVER_MS = 60_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Deque<Look> looks = new ArrayDeque<>();
    private final Deque<Ends> recent = new ArrayDeque<>();

    /** What is kept of a look. */
    private record Look(long timeMs, Map<String, Standing> groups) {}

    /** Of a group: records that it is behind, and its committed offsets, in all partitions together. */
    private record Standing(long lag, long committed, int partitions) {}

    /** Where topics ended, of all partitions together. */
    private record Ends(long timeMs, Map<String, Long> topics) {}

    /** Takes a look. */
    synchronized void add(LagReport report) {
        Map<String, Standing> groups = new HashMap<>();
        for (GroupLag each : report.groups()) {
            long committed = each.partitions().stream()
                    .mapToLong(PartitionLag::committed)
                    .sum();
            groups.put(
                    each.group(),
                    new Standing(each.totalLag(), committed, each.partitions().size()));
        }
        looks.addLast(new Look(report.timeMs(), groups));
        if (looks.size() > LOOKS) {
            looks.removeFirst();
        }
        recent.addLast(new Ends(report.timeMs(), ends(report)));
        while (recent.size() > 2 && report.timeMs() - recent.getFirst().timeMs() > RATE_OVER_MS) {
            recent.removeFirst();
        }
    }

    /** The ends of all partitions of each topic together; none of a topic with a partition whose leader did not answer. */
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

    /** Offsets per second that the group has committed in the last minute; empty where two looks do not tell. */
    synchronized Optional<Double> rateOfGroup(String group) {
        Look last = looks.peekLast();
        Look first = looks.stream()
                .filter(each -> last.timeMs() - each.timeMs() <= RATE_OVER_MS)
                .findFirst()
                .orElse(null);
        if (first == null || first.timeMs() == last.timeMs()) {
            return Optional.empty();
        }
        Standing before = first.groups().get(group);
        Standing now = last.groups().get(group);
        return before == null || now == null || before.partitions() != now.partitions()
                ? Optional.empty()
                : rate(now.committed() - before.committed(), last.timeMs() - first.timeMs());
    }

    /** Offsets per second that were written to the topic in the last minute; empty where two looks do not tell. */
    synchronized Optional<Double> rateOfTopic(String topic) {
        Ends last = recent.peekLast();
        Ends first = recent.peekFirst();
        if (last == null || first.timeMs() == last.timeMs()) {
            return Optional.empty();
        }
        Long before = first.topics().get(topic);
        Long now = last.topics().get(topic);
        return before == null || now == null ? Optional.empty() : rate(now - before, last.timeMs() - first.timeMs());
    }

    /** What goes back, as after a reset or where a topic was made anew, is no rate. */
    private static Optional<Double> rate(long offsets, long ms) {
        return offsets < 0 || ms <= 0 ? Optional.empty() : Optional.of(offsets * 1000.0 / ms);
    }

    /** The looks, oldest first: {@code times} and, by group, as many lags, null where a group was not there. */
    synchronized ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode times = json.putArray("times");
        looks.forEach(look -> times.add(look.timeMs()));
        ObjectNode groups = json.putObject("groups");
        for (String group : furthestBehind()) {
            ArrayNode lags = groups.putArray(group);
            for (Look look : looks) {
                Standing standing = look.groups().get(group);
                lags.add(standing == null ? null : standing.lag());
            }
        }
        return json;
    }

    private List<String> furthestBehind() {
        Map<String, Long> most = new HashMap<>();
        looks.forEach(look -> look.groups().forEach((group, standing) -> most.merge(group, standing.lag(), Long::max)));
        return most.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST_GROUPS)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }
}
