package io.wadi.extension.mirror;

import io.wadi.extension.mirror.MirrorReport.FlowState;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats a {@link MirrorReport} for people. */
public final class MirrorText {
    private MirrorText() {}

    /** Returns a line for each flow, with its topics that have lag, and its problems. */
    public static List<String> of(MirrorReport report) {
        List<String> lines = new ArrayList<>();
        for (FlowState each : report.flows()) {
            lines.add(of(each));
            each.byTopic().forEach((topic, state) -> {
                if (state.lag() > 0) {
                    lines.add("  %s: %s".formatted(topic, lag(state)));
                }
            });
            each.problems().forEach(problem -> lines.add("  " + problem + "."));
        }
        return lines;
    }

    public static String of(FlowState state) {
        if (!state.isLagKnown()) {
            return state.flow().name() + ": unknown";
        }
        return "%s: %s partitions, %s; %s"
                .formatted(state.flow().name(), state.partitions().size(), lag(state), heartbeat(state));
    }

    private static String heartbeat(FlowState state) {
        if (!state.flow().hasHeartbeats()) {
            return "heartbeats disabled";
        }
        return state.heartbeatAgeMs() == null
                ? "no heartbeat has arrived"
                : "last heartbeat " + seconds(state.heartbeatAgeMs()) + " ago";
    }

    private static String lag(FlowState state) {
        if (state.lag() == 0) {
            return "all copied";
        }
        String records = state.lag() + " records not copied";
        if (state.lagMs() == null) {
            return records;
        }
        return records + ", the first for " + (state.hasUnknownAges() ? "at least " : "") + seconds(state.lagMs());
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
