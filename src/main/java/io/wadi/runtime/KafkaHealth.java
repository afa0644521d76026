package io.wadi.runtime;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.client.KafkaRoundTrip;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.kafka.topics.TopicsInSync;
import io.wadi.runtime.health.DebouncedCheck.Use;
import io.wadi.runtime.health.HealthThresholds;
import io.wadi.runtime.health.ServerCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The health checks of Kafka: the round trip of a record, and the availability of the partitions in use. */
final class KafkaHealth {
    private KafkaHealth() {}

    /**
     * Returns the checks.
     *
     * @param brokers the bootstrap servers, for messages
     * @param topic the topic of the round trip; without a declaration of it, the round trip is not checked
     * @param read supplies the names of the consumed topics, which are checked in addition to the declared ones
     */
    static List<ServerCheck> checks(
            KafkaClients kafka,
            String brokers,
            String topic,
            Topics declared,
            Supplier<Set<String>> read,
            HealthThresholds thresholds) {
        String where = "Kafka " + brokers;
        List<ServerCheck> checks = new ArrayList<>();
        // Without a declared topic for the round trip, the metadata of the other topics proves that Kafka responds.
        boolean writes = declared.find(topic).isPresent();
        if (writes) {
            checks.add(new ServerCheck(
                    "wadi-kafka",
                    Use.READINESS,
                    where,
                    "events are rejected with 503 and acknowledged ones are not lost; it recovers once Kafka accepts"
                            + " records",
                    new KafkaRoundTrip(kafka, topic, thresholds.answerWithin())));
        }
        checks.add(new ServerCheck(
                "wadi-kafka-topics",
                writes ? Use.NONE : Use.READINESS,
                where,
                "records for these partitions wait or are rejected; it recovers once the partitions are available",
                new TopicsInSync(() -> kafka.adminProperties(thresholds.answerWithin()), () -> names(declared, read))));
        return checks;
    }

    private static Set<String> names(Topics declared, Supplier<Set<String>> read) {
        Set<String> names = declared.all().stream().map(Topic::name).collect(Collectors.toCollection(TreeSet::new));
        names.addAll(read.get());
        return names;
    }
}
