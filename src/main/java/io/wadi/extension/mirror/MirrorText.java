package io.wadi.extension.mirror;

import io.wadi.extension.mirror.MirrorReport.FlowState;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A report in words. */
public final class MirrorText {
    private MirrorText() {}

    /** A line a flow, its topics that are behind, and what is wrong. */
    public static List<String> of(MirrorReport report) {
        List<String> lines = new ArrayList<>();
        for (FlowState each : report.flows()) {
            lines.add(of(each));
            topicsBehind(each).forEach((topic, lag) -> lines.add("  %s: %s".formatted(topic, lag)));
            each.problems().forEach(problem -> lines.add("  " + problem + "."));
        }
        return lines;
    }

    /** A flow in one line. */
    public static String of(FlowState state) {
        if (state.partitions().isEmpty() && !state.problems().isEmpty()) {
            return state.flow().name() + ": not known";
        }
        return "%s: %s partitions, %s; %s"
                .formatted(
                        state.flow().name(),
                        state.partitions().size(),
                        lag(state.lag(), state.lagMs()),
                        heartbeat(state));
    }

    private static String heartbeat(FlowState state) {
        if (!state.flow().hasHeartbeats()) {
            return "no heartbeats are sent";
        }
        return state.heartbeatAgeMs() == null
                ? "no heartbeat has come through"
                : "last heartbeat " + seconds(state.heartbeatAgeMs()) + " ago";
    }

    private static String lag(long records, long ms) {
        return records == 0 ? "all copied" : records + " records not copied, the first for " + seconds(ms);
    }

    private static Map<String, String> topicsBehind(FlowState state) {
        Map<String, long[]> topics = new TreeMap<>();
        state.partitions().forEach(each -> {
            if (each.lag() > 0) {
                long[] sum = topics.computeIfAbsent(each.topic(), any -> new long[2]);
                sum[0] += each.lag();
                sum[1] = Math.max(sum[1], each.lagMs() == null ? 0 : each.lagMs());
            }
        });
        Map<String, String> words = new TreeMap<>();
        topics.forEach((topic, sum) -> words.put(topic, lag(sum[0], sum[1])));
        return words;
    }

    private static String seconds(long ms) {
        return ms < 60_000
                ? String.format(Locale.ROOT, "%.1f s", ms / 1000.0)
                : Duration.ofMillis(ms)
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString()
                        .substring(2)
                        .toLowerCase(Locale.ROOT);
    }
}
