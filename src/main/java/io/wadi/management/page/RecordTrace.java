package io.wadi.management.page;

import io.wadi.management.TopicView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Finds one record in the sinks. Thread-safe. */
public record RecordTrace(Supplier<? extends TopicView> landed, Supplier<? extends TopicView> indexed) {
    /**
     * Returns {@code landed} and {@code indexed}, each null if the record has not arrived yet, and {@code problems}.
     */
    public Map<String, Object> record(String topic, int partition, long offset) {
        List<String> problems = new ArrayList<>();
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("landed", find("HDFS", landed, topic, partition, offset, problems));
        found.put("indexed", find("Elasticsearch", indexed, topic, partition, offset, problems));
        found.put("problems", problems);
        return found;
    }

    private static Object find(
            String server,
            Supplier<? extends TopicView> view,
            String topic,
            int partition,
            long offset,
            List<String> problems) {
        try {
            return view.get().find(topic, partition, offset).orElse(null);
        } catch (Exception e) {
            problems.add(server + " does not answer: " + e.getMessage());
            return null;
        }
    }
}
