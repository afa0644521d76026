package io.wadi.management.lag;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** A lag report as JSON, in the format that {@code docs/how-to/monitor.md} describes. */
public final class LagJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private LagJson() {}

    /** Converts a report; {@code brokers} are the bootstrap servers of its cluster. */
    public static ObjectNode of(LagReport report, String brokers) {
        ObjectNode json = JSON.createObjectNode();
        json.put("version", 1);
        json.put("brokers", brokers);
        json.put(
                "time",
                report.isAvailable() ? Instant.ofEpochMilli(report.timeMs()).toString() : null);
        json.put("status", report.isAvailable() ? report.worst().name() : null);
        json.put("omitted", orNull(report.omitted()));
        json.put("problem", orNull(report.problem()));
        ArrayNode groups = json.putArray("groups");
        report.groups().forEach(each -> groups.add(group(each)));
        return json;
    }

    private static ObjectNode group(GroupLag group) {
        ObjectNode json = head(group);
        ArrayNode partitions = json.putArray("partitions");
        group.partitions().forEach(each -> partitions.add(partition(each)));
        return json;
    }

    /** Returns the fields of a group without its partitions. */
    static ObjectNode head(GroupLag group) {
        ObjectNode json = JSON.createObjectNode();
        json.put("group", group.group());
        json.put("status", group.worst().name());
        json.put("type", group.type());
        json.put("state", group.state());
        json.put("members", group.members() < 0 ? null : (Integer) group.members());
        json.put("lag", group.knownLag().isPresent() ? (Long) group.totalLag() : null);
        json.put("uncommitted", group.uncommitted());
        return json.put("problem", orNull(group.problem()));
    }

    private static ObjectNode partition(PartitionLag lag) {
        ObjectNode json = JSON.createObjectNode();
        json.put("topic", lag.partition().topic());
        json.put("partition", lag.partition().partition());
        json.put("status", lag.status().name());
        json.put("committed", lag.committed());
        json.put("end", lag.end() < 0 ? null : (Long) lag.end());
        json.put("lag", lag.isLagKnown() ? (Long) lag.lag() : null);
        json.put("seconds", lag.lagMs() / 1000.0);
        json.put("secondsAreAtLeast", !lag.lagMsExact());
        json.put("commits", lag.commits().size());
        json.put("clientId", orNull(lag.clientId()));
        json.put("host", orNull(lag.host()));
        json.put("note", orNull(lag.note()));
        return json;
    }

    static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
