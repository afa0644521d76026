package io.wadi.management.lag;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.kafka.records.RecordText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Formats a lag report ({@link LagJson}) as text: a summary of statuses, then all groups, the worst first. Line feeds in
 * names that clients have chosen are escaped.
 */
public final class LagText {
    private LagText() {}

    /**
     * Returns the lines of a report.
     *
     * @param all whether to list partitions with status OK, too
     */
    public static List<String> of(JsonNode report, boolean all) {
        List<JsonNode> groups = new ArrayList<>();
        report.get("groups").forEach(groups::add);
        groups.sort((one, other) -> status(other).compareTo(status(one)));
        List<String> lines = new ArrayList<>();
        lines.add(summary(groups));
        text(report, "omitted").ifPresent(lines::add);
        text(report, "problem")
                .ifPresent(problem -> lines.add("As of %s; no sample has succeeded since: %s"
                        .formatted(report.get("time").asText(), problem)));
        for (JsonNode group : groups) {
            lines.add("");
            group(group, all, lines);
        }
        return lines;
    }

    private static Optional<String> text(JsonNode node, String field) {
        return node.get(field).isNull()
                ? Optional.empty()
                : Optional.of(RecordText.inLine(node.get(field).asText()));
    }

    private static LagStatus status(JsonNode node) {
        return LagStatus.valueOf(node.get("status").asText());
    }

    private static String summary(List<JsonNode> groups) {
        Map<LagStatus, Integer> counts = new TreeMap<>((one, other) -> other.compareTo(one));
        groups.forEach(each -> counts.merge(status(each), 1, Integer::sum));
        List<String> parts = new ArrayList<>();
        counts.forEach((status, count) -> parts.add(count + " " + status));
        return groups.isEmpty()
                ? "There are no groups."
                : groups.size() + (groups.size() == 1 ? " group: " : " groups: ") + String.join(", ", parts);
    }

    private static void group(JsonNode group, boolean all, List<String> lines) {
        lines.add("%-6s  %s: %s, %s, %s"
                .formatted(
                        status(group),
                        RecordText.inLine(group.get("group").asText()),
                        group.get("state").asText() + protocol(group.get("type").asText()),
                        members(group.get("members")),
                        lag(group)));
        text(group, "problem").ifPresent(problem -> lines.add("        " + problem));
        for (JsonNode partition : group.get("partitions")) {
            if (all
                    || status(partition) != LagStatus.OK
                    || !partition.get("note").isNull()) {
                lines.add("        " + partition(partition));
            }
        }
    }

    /** Returns the protocol for a group's line; empty for the classic protocol. */
    private static String protocol(String type) {
        return type.equals("Classic") ? "" : ", " + type.toLowerCase(Locale.ROOT) + " protocol";
    }

    private static String members(JsonNode members) {
        if (members.isNull()) {
            return "members unknown";
        }
        return switch (members.asInt()) {
            case 0 -> "no members";
            case 1 -> "1 member";
            default -> members.asInt() + " members";
        };
    }

    private static String lag(JsonNode group) {
        if (group.get("lag").isNull()) {
            return "lag unknown";
        }
        long lag = group.get("lag").asLong();
        if (group.get("uncommitted").asInt() == 0 && isKnown(group.get("partitions"))) {
            return records(lag);
        }
        return lag == 0 ? "lag unknown" : records(lag) + " at least";
    }

    private static boolean isKnown(JsonNode partitions) {
        for (JsonNode each : partitions) {
            if (each.get("lag").isNull()) {
                return false;
            }
        }
        return true;
    }

    private static String records(long lag) {
        if (lag < 2) {
            return lag == 0 ? "no lag" : "1 record behind";
        }
        return String.format(Locale.ROOT, "%,d records behind", lag);
    }

    private static String partition(JsonNode lag) {
        String line = "%-6s  %s-%d: %s"
                .formatted(
                        status(lag),
                        lag.get("topic").asText(),
                        lag.get("partition").asInt(),
                        lag.get("lag").isNull()
                                ? "lag unknown"
                                : records(lag.get("lag").asLong()));
        if (lag.get("lag").asLong() > 0) {
            line += ", " + (lag.get("secondsAreAtLeast").asBoolean() ? "more than " : "")
                    + age(lag.get("seconds").asDouble());
        }
        line += ", committed " + lag.get("committed").asLong();
        if (!lag.get("end").isNull()) {
            line += " of " + lag.get("end").asLong();
            if (lag.get("lag").asLong() == 0
                    && lag.get("committed").asLong() < lag.get("end").asLong()) {
                line += " with no record in between";
            }
        }
        return line
                + text(lag, "clientId").map(client -> ", read by " + client).orElse(", not assigned")
                + text(lag, "note").map(note -> "; " + note).orElse("");
    }

    private static String age(double seconds) {
        if (seconds < 120) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        if (seconds < 7200) {
            return String.format(Locale.ROOT, "%.0f min", seconds / 60);
        }
        return seconds < 172_800
                ? String.format(Locale.ROOT, "%.1f h", seconds / 3600)
                : String.format(Locale.ROOT, "%.0f d", seconds / 86_400);
    }
}
