package io.wadi.management.lag;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A report in short: each group by topic, not by partition. What is said of a report is put together once. Thread-safe. */
final class LagSummary {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LagTimeline timeline;
    private LagReport report;
    private ObjectNode json;

    LagSummary(LagTimeline timeline) {
        this.timeline = timeline;
    }

    /** In short; the same object as long as the report is the same. It is not to be changed. */
    @SuppressWarnings("ReferenceEquality") // to compare what they say takes longer than to put it together
    synchronized ObjectNode of(LagReport asked) {
        if (asked != report) {
            json = put(asked);
            report = asked;
        }
        return json;
    }

    private ObjectNode put(LagReport asked) {
        ObjectNode summary = JSON.createObjectNode();
        summary.put("time", asked.isThere() ? asked.timeMs() : null);
        summary.put("verdict", asked.worst().name());
        summary.put("left", orNull(asked.left()));
        summary.put("problem", orNull(asked.problem()));
        ArrayNode groups = summary.putArray("groups");
        asked.groups().forEach(each -> groups.add(group(each)));
        ObjectNode topics = summary.putObject("topics");
        Map<String, Long> ends = LagTimeline.ends(asked);
        new TreeMap<>(asked.topics()).forEach((topic, partitions) -> {
            ObjectNode shown = topics.putObject(topic);
            shown.put("partitions", partitions);
            shown.put("end", ends.get(topic));
            shown.put("rate", timeline.rateOfTopic(topic).orElse(null));
        });
        return summary;
    }

    private ObjectNode group(GroupLag group) {
        ObjectNode shown = JSON.createObjectNode();
        shown.put("group", group.group());
        shown.put("verdict", group.worst().name());
        shown.put("state", group.state());
        shown.put("members", group.members() < 0 ? null : (Integer) group.members());
        shown.put("lag", group.totalLag());
        shown.put("rate", timeline.rateOfGroup(group.group()).orElse(null));
        putAge(shown, group.partitions());
        shown.put("problem", orNull(group.problem()));
        ArrayNode topics = shown.putArray("topics");
        group.partitions().stream()
                .collect(Collectors.groupingBy(each -> each.partition().topic(), TreeMap::new, Collectors.toList()))
                .forEach((topic, partitions) -> topics.add(topic(topic, partitions)));
        return shown;
    }

    private static ObjectNode topic(String topic, List<PartitionLag> partitions) {
        ObjectNode shown = JSON.createObjectNode();
        shown.put("topic", topic);
        shown.put("partitions", partitions.size());
        shown.put("verdict", worst(partitions).name());
        shown.put("lag", partitions.stream().mapToLong(PartitionLag::lag).sum());
        putAge(shown, partitions);
        return shown;
    }

    private static LagStatus worst(List<PartitionLag> partitions) {
        return partitions.stream()
                .map(PartitionLag::verdict)
                .max(Comparator.naturalOrder())
                .orElse(LagStatus.OK);
    }

    private static void putAge(ObjectNode shown, List<PartitionLag> partitions) {
        PartitionLag oldest = partitions.stream()
                .max(Comparator.comparingLong(PartitionLag::lagMs))
                .orElse(null);
        shown.put("seconds", oldest == null ? 0 : oldest.lagMs() / 1000.0);
        shown.put("secondsAreAtLeast", oldest != null && !oldest.lagMsExact());
    }

    private static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
