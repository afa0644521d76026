package io.wadi.management.lag;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A lag report by group and topic instead of by partition, built once per report. Thread-safe. */
final class LagSummary {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LagTimeline timeline;
    private LagReport report;
    private ObjectNode json;

    LagSummary(LagTimeline timeline) {
        this.timeline = timeline;
    }

    /** Returns the summary of a report: the same object for the same report. It must not be modified. */
    @SuppressWarnings("ReferenceEquality") // Comparing the content takes longer than building the summary.
    synchronized ObjectNode of(LagReport latest) {
        if (latest != report) {
            json = summarize(latest);
            report = latest;
        }
        return json;
    }

    private ObjectNode summarize(LagReport latest) {
        ObjectNode summary = JSON.createObjectNode();
        summary.put("time", latest.isAvailable() ? latest.timeMs() : null);
        summary.put("status", latest.worst().name());
        summary.put("omitted", LagJson.orNull(latest.omitted()));
        summary.put("problem", LagJson.orNull(latest.problem()));
        ArrayNode groups = summary.putArray("groups");
        latest.groups().forEach(each -> groups.add(group(each)));
        ObjectNode topics = summary.putObject("topics");
        Map<String, Long> ends = LagTimeline.ends(latest);
        new TreeMap<>(latest.topics()).forEach((topic, partitions) -> {
            ObjectNode shown = topics.putObject(topic);
            shown.put("partitions", partitions);
            shown.put("end", ends.get(topic));
            shown.put("rate", timeline.rateOfTopic(topic).orElse(null));
        });
        return summary;
    }

    private ObjectNode group(GroupLag group) {
        ObjectNode shown = LagJson.head(group);
        shown.put("rate", timeline.rateOfGroup(group.group()).orElse(null));
        putAge(shown, group.partitions());
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
        shown.put(
                "status",
                LagStatus.worst(partitions.stream().map(PartitionLag::status)).name());
        boolean isKnown = partitions.stream().allMatch(PartitionLag::isLagKnown);
        long lag = partitions.stream().mapToLong(PartitionLag::lag).sum();
        shown.put("lag", isKnown ? (Long) lag : null);
        putAge(shown, partitions);
        return shown;
    }

    private static void putAge(ObjectNode shown, List<PartitionLag> partitions) {
        PartitionLag oldest = partitions.stream()
                .max(Comparator.comparingLong(PartitionLag::lagMs))
                .orElse(null);
        shown.put("seconds", oldest == null ? 0 : oldest.lagMs() / 1000.0);
        shown.put("secondsAreAtLeast", oldest != null && !oldest.lagMsExact());
    }
}
