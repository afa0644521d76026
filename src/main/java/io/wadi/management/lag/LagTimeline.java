package io.wadi.management.lag;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The lag of each group in the last samples, and the rates of groups and topics over the last minute. Groups that a
 * sample does not contain are removed. Each group takes about 4 KB of memory. Thread-safe.
 */
final class LagTimeline {
    /** One hour at an interval of ten seconds. */
    static final int MAX_SAMPLES = 360;
    /** The maximum number of groups in the history, which are those with the largest lag. */
    static final int MAX_GROUPS = 50;

    private static final long RATE_OVER_MS = 60_000;
    /** The minimum time between two kept totals, which limits their number. */
    private static final long MIN_SPACING_MS = RATE_OVER_MS / 10;
    /** The lag of a sample without the group, or in which its offsets are unknown. */
    private static final long UNKNOWN = -1;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The times of the last samples, oldest first. */
    private final Deque<Long> times = new ArrayDeque<>();
    /** The lags of the last samples by group; that of sample n has the index n modulo {@link #MAX_SAMPLES}. */
    private final Map<String, long[]> lags = new HashMap<>();
    /** The totals of the last minute, oldest first. */
    private final Deque<Totals> recent = new ArrayDeque<>();

    private int added;

    /** The sums of committed offsets and of end offsets at one time. */
    private record Totals(long timeMs, Map<String, Committed> groups, Map<String, Long> topics) {}

    /** The sum of a group's committed offsets over its partitions. */
    private record Committed(long offsets, int partitions) {
        static Committed of(GroupLag group) {
            return new Committed(
                    group.partitions().stream()
                            .mapToLong(PartitionLag::committed)
                            .sum(),
                    group.partitions().size());
        }
    }

    synchronized void add(LagReport report) {
        int index = added++ % MAX_SAMPLES;
        times.addLast(report.timeMs());
        if (times.size() > MAX_SAMPLES) {
            times.removeFirst();
        }
        Map<String, Committed> groups = new HashMap<>();
        report.groups().forEach(each -> groups.put(each.group(), Committed.of(each)));
        lags.keySet().retainAll(groups.keySet());
        for (GroupLag each : report.groups()) {
            lags.computeIfAbsent(each.group(), LagTimeline::unknownLags)[index] =
                    each.knownLag().orElse(UNKNOWN);
        }
        addTotals(new Totals(report.timeMs(), groups, ends(report)));
    }

    private static long[] unknownLags(String group) {
        long[] unknown = new long[MAX_SAMPLES];
        Arrays.fill(unknown, UNKNOWN);
        return unknown;
    }

    /**
     * Adds totals in place of the last ones if those follow the previous ones too closely. Later ones are from before
     * the clock was set back: there would be no rate until that time is reached again.
     */
    private void addTotals(Totals totals) {
        recent.removeIf(earlier -> earlier.timeMs() > totals.timeMs());
        Totals last = recent.pollLast();
        if (last != null
                && (recent.isEmpty() || last.timeMs() - recent.getLast().timeMs() >= MIN_SPACING_MS)) {
            recent.addLast(last);
        }
        recent.addLast(totals);
        while (recent.size() > 2 && totals.timeMs() - recent.getFirst().timeMs() > RATE_OVER_MS) {
            recent.removeFirst();
        }
    }

    /**
     * Returns the sum of the end offsets of each topic. Topics with a partition with an unknown end offset are omitted.
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
        if (recent.isEmpty()) {
            return Optional.empty();
        }
        Committed before = recent.getFirst().groups().get(group);
        Committed now = recent.getLast().groups().get(group);
        return before == null || now == null || before.partitions() != now.partitions()
                ? Optional.empty()
                : rate(now.offsets() - before.offsets());
    }

    /** Returns the offsets per second that were written to the topic in the last minute; empty if unknown. */
    synchronized Optional<Double> rateOfTopic(String topic) {
        if (recent.isEmpty()) {
            return Optional.empty();
        }
        Long before = recent.getFirst().topics().get(topic);
        Long now = recent.getLast().topics().get(topic);
        return before == null || now == null ? Optional.empty() : rate(now - before);
    }

    /** Returns the rate; empty for a negative difference, after a reset or after a topic was recreated. */
    private Optional<Double> rate(long offsets) {
        long ms = recent.getLast().timeMs() - recent.getFirst().timeMs();
        return offsets < 0 || ms <= 0 ? Optional.empty() : Optional.of(offsets * 1000.0 / ms);
    }

    /**
     * Returns {@code times}, oldest first, and for each group one lag per time; null if the group did not exist then or
     * its lag was unknown.
     */
    synchronized ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        times.forEach(json.putArray("times")::add);
        ObjectNode groups = json.putObject("groups");
        for (String group : largestLags()) {
            long[] ofGroup = lags.get(group);
            ArrayNode shown = groups.putArray(group);
            for (int sample = added - times.size(); sample < added; sample++) {
                long lag = ofGroup[sample % MAX_SAMPLES];
                shown.add(lag == UNKNOWN ? null : (Long) lag);
            }
        }
        return json;
    }

    private List<String> largestLags() {
        Map<String, Long> largest = new HashMap<>();
        lags.forEach((group, ofGroup) ->
                largest.put(group, Arrays.stream(ofGroup).max().orElse(UNKNOWN)));
        return largest.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MAX_GROUPS)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }
}
