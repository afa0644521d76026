package io.wadi.kafka.topics;

import io.wadi.runtime.config.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What it takes to make one of Kafka's topics as it is declared. Settings that are not declared are left alone.
 *
 * @param topic the declared topic
 * @param steps what can be done, in order
 * @param refusals what cannot, or not without being asked for: each with the way out
 * @param notes what is worth knowing and no difference
 */
record TopicPlan(Topic topic, List<Step> steps, List<String> refusals, List<String> notes) {
    /** One change. */
    sealed interface Step {
        /** What is not as declared, in words. */
        String difference();

        /** What is done about it, as in "would …". */
        String action();
    }

    /** Makes the topic. */
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
                            topic.saysReplication() ? topic.replication() : "as brokers have it",
                            settings(", ", topic.config()));
        }
    }

    /** Gives the topic more partitions. */
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

    /** Sets settings of the topic, all or none. */
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
     * @param found what Kafka has; nothing where it has no such topic
     * @param growKeyed whether a topic with keys may get more partitions
     */
    static TopicPlan of(Topic declared, Optional<ActualTopic> found, boolean growKeyed) {
        TopicPlan plan = new TopicPlan(declared, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        found.ifPresentOrElse(
                topic -> {
                    plan.partitions(topic.partitions(), growKeyed);
                    plan.replication(topic.replication());
                    topic.config().ifPresentOrElse(config -> plan.settings(topic, config), plan::settingsUnknown);
                },
                () -> plan.steps.add(new Create(declared)));
        return plan;
    }

    private void partitions(int found, boolean growKeyed) {
        Grow grow = new Grow(found, topic.partitions());
        if (found > topic.partitions()) {
            refusals.add("%s: Kafka cannot take partitions away. Declare %d, or make a new topic"
                    .formatted(grow.difference(), found));
        } else if (found < topic.partitions() && topic.keyed() && !growKeyed) {
            refusals.add(grow.difference() + ": keys would be hashed to other partitions from then on. "
                    + "./wadi topics apply --grow-keyed does it all the same");
        } else if (found < topic.partitions()) {
            steps.add(grow);
        }
    }

    private void replication(int found) {
        if (topic.saysReplication() && found != topic.replication()) {
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
                refusals.add("Kafka has no topic setting " + name
                        + NearestName.to(name, config.keySet())
                                .map(near -> "; did you mean " + near + "?")
                                .orElse(""));
            } else if (isNobodyCouldWrite(name, value, found.replication())) {
                refusals.add("min-isr %s and replication %d: nothing could be written"
                        .formatted(value, found.replication()));
            } else if (!inWords(name, value).equals(inWords(name, now))) {
                toSet.put(name, value);
                differences.add("%s %s, declared %s".formatted(word(name), inWords(name, now), inWords(name, value)));
            }
        });
        if (!toSet.isEmpty()) {
            steps.add(new Configure(toSet, String.join("; ", differences)));
        }
        for (String name : new TreeSet<>(found.own())) {
            if (!topic.config().containsKey(name)) {
                notes.add("%s %s is not declared, and left as it is"
                        .formatted(word(name), inWords(name, config.get(name))));
            }
        }
    }

    private void settingsUnknown() {
        notes.add("its settings may not be read, and are not compared");
    }

    private static boolean isNobodyCouldWrite(String name, String value, int replication) {
        return name.equals(TopicSetting.MIN_ISR.kafka()) && Long.parseLong(value) > replication;
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
