package io.wadi.kafka.topics;

import io.wadi.runtime.config.NearestName;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The changes that make a topic in Kafka match its declaration. Undeclared settings stay unchanged.
 *
 * @param steps the possible changes, in order
 * @param refusals the differences that cannot be applied, or only on request, each with a remedy
 * @param notes remarks that are not differences
 */
record TopicPlan(Topic topic, List<Step> steps, List<String> refusals, List<String> notes) {
    sealed interface Step {
        String difference();

        /** Returns the change as an infinitive, as in "would …". */
        String action();
    }

    record Create(Topic topic) implements Step {
        @Override
        public String difference() {
            return "does not exist";
        }

        @Override
        public String action() {
            return "create it with partitions %d, replication %s%s"
                    .formatted(
                            topic.partitions(),
                            topic.declaresReplication() ? topic.replication() : "by the brokers' default",
                            settings(", ", topic.config()));
        }
    }

    record Grow(int from, int to) implements Step {
        @Override
        public String difference() {
            return "partitions %d, declared %d".formatted(from, to);
        }

        @Override
        public String action() {
            return "grow it to %d partitions".formatted(to);
        }
    }

    /** Alters settings of the topic, all or none. */
    record Configure(Map<String, String> values, String difference) implements Step {
        @Override
        public String action() {
            return "set" + settings(" ", values);
        }
    }

    private static String settings(String before, Map<String, String> values) {
        return values.isEmpty()
                ? ""
                : values.entrySet().stream()
                        .map(value -> value.getKey() + "=" + value.getValue())
                        .collect(Collectors.joining(", ", before, ""));
    }

    /**
     * Compares a topic with its declaration.
     *
     * @param found the topic in Kafka; empty if it does not exist
     * @param growKeyed whether to add partitions to a topic with keys
     */
    static TopicPlan of(Topic declared, Optional<ActualTopic> found, boolean growKeyed) {
        TopicPlan plan = new TopicPlan(declared, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        found.ifPresentOrElse(
                topic -> {
                    plan.partitions(topic, growKeyed);
                    plan.replication(topic.replication());
                    topic.config().ifPresentOrElse(config -> plan.settings(topic, config), plan::settingsUnknown);
                },
                () -> plan.steps.add(new Create(declared)));
        return plan;
    }

    private void partitions(ActualTopic actual, boolean growKeyed) {
        int found = actual.partitions();
        Grow grow = new Grow(found, topic.partitions());
        if (topic.belongsTo() != null) {
            if (found != topic.partitions()) {
                notes.add("%d partitions are kept: ids would hash to other partitions".formatted(found));
            }
        } else if (found > topic.partitions()) {
            refusals.add("%s: Kafka cannot remove partitions. Declare %d, or create a new topic"
                    .formatted(grow.difference(), found));
        } else if (found < topic.partitions() && isKeyed(actual) && !growKeyed) {
            refusals.add(grow.difference() + ": keys would hash to other partitions afterwards. "
                    + "./wadi topics apply --grow-keyed adds the partitions nevertheless");
        } else if (found < topic.partitions()) {
            steps.add(grow);
        }
    }

    /** An undeclared cleanup policy stays, so the topic may be compacted in Kafka alone. */
    private boolean isKeyed(ActualTopic actual) {
        return topic.keyed()
                || (!topic.config().containsKey(TopicConfig.CLEANUP_POLICY_CONFIG)
                        && actual.config().filter(Topic::isCompacted).isPresent());
    }

    private void replication(int found) {
        if (topic.declaresReplication() && found != topic.replication()) {
            refusals.add(
                    "replication %d, declared %d: changing it moves data between brokers. Declare %1$d, or move it with "
                                    .formatted(found, topic.replication())
                            + "kafka-reassign-partitions");
        }
    }

    private void settings(ActualTopic found, Map<String, String> config) {
        Map<String, String> toSet = new LinkedHashMap<>();
        List<String> differences = new ArrayList<>();
        topic.config().forEach((name, value) -> {
            String now = config.get(name);
            if (!config.containsKey(name)) {
                refusals.add("Kafka has no topic setting " + name + NearestName.question(name, config.keySet()));
            } else if (exceedsReplication(name, value, found.replication())) {
                refusals.add("min-isr %s exceeds replication %d: Kafka would accept records with %2$d in sync"
                        .formatted(value, found.replication()));
            } else if (!canonical(inWords(name, value)).equals(canonical(inWords(name, now)))) {
                toSet.put(name, value);
                differences.add("%s %s, declared %s".formatted(word(name), inWords(name, now), inWords(name, value)));
            }
        });
        if (!toSet.isEmpty()) {
            steps.add(new Configure(toSet, String.join("; ", differences)));
        }
        for (String name : new TreeSet<>(found.own())) {
            if (!topic.config().containsKey(name)) {
                notes.add("%s %s is not declared and stays".formatted(word(name), inWords(name, config.get(name))));
            }
        }
    }

    private void settingsUnknown() {
        notes.add("settings not compared: no permission to read them");
    }

    private static boolean exceedsReplication(String name, String value, int replication) {
        return name.equals(TopicSetting.MIN_ISR.kafka()) && Long.parseLong(value) > replication;
    }

    /**
     * Returns the elements of a value in a form that does not depend on its notation: Kafka returns 0.10 as 0.1, and
     * TRUE as true. A null value has no elements.
     */
    private static List<Object> canonical(String value) {
        return Stream.ofNullable(value)
                .flatMap(list -> Arrays.stream(list.split(",")))
                .map(String::strip)
                .map(TopicPlan::canonicalPart)
                .toList();
    }

    private static Object canonicalPart(String text) {
        try {
            return new BigDecimal(text).stripTrailingZeros();
        } catch (NumberFormatException e) {
            String lower = text.toLowerCase(Locale.ROOT);
            return lower.equals("true") || lower.equals("false") ? lower : text;
        }
    }

    private static String word(String name) {
        return TopicSetting.ofKafka(name).map(TopicSetting::word).orElse(name);
    }

    private static String inWords(String name, String value) {
        return TopicSetting.ofKafka(name)
                .map(setting -> setting.toWord().apply(value))
                .orElse(value);
    }
}
