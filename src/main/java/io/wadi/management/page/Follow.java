package io.wadi.management.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Follows one record to where it ends. Thread-safe. */
public final class Follow {
    private final Lookup landed;
    private final Lookup indexed;

    /** One place a record may end at. */
    @FunctionalInterface
    public interface Lookup {
        /** What is found there, in a form that becomes JSON; empty where the record is not there yet. */
        Optional<?> find(String topic, int partition, long offset) throws Exception;
    }

    /** Takes the places to look in; none gives a value that is not to be shown. */
    public Follow(Lookup landed, Lookup indexed) {
        this.landed = landed;
        this.indexed = indexed;
    }

    /** Where the record has come to: {@code landed} and {@code indexed}, each null where it is not yet, and {@code problems}. */
    public Map<String, Object> record(String topic, int partition, long offset) {
        List<String> problems = new ArrayList<>();
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("landed", find("HDFS", landed, topic, partition, offset, problems));
        found.put("indexed", find("Elasticsearch", indexed, topic, partition, offset, problems));
        found.put("problems", problems);
        return found;
    }

    private static Object find(
            String place, Lookup lookup, String topic, int partition, long offset, List<String> problems) {
        try {
            return lookup.find(topic, partition, offset).orElse(null);
        } catch (Exception e) {
            problems.add(place + " does not answer: " + e.getMessage());
            return null;
        }
    }
}
