package io.wadi.kafka.topics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.Flow;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Declared partitioners compared with Kafka's producer, and in the producer of a route. */
class PartitioningOnKafkaIT {
    @TempDir
    private Path directory;

    @Test
    void partition_tenThousandRandomKeys_matchesKafkasProducer() throws Exception {
        TopicProbe.create("partitioning-agreed", 7);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<byte[]> keys = new ArrayList<>();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            for (int i = 0; i < 10_000; i++) {
                byte[] key = new byte[random.nextInt(64)];
                random.nextBytes(key);
                keys.add(key);
                sent.add(producer.send(new ProducerRecord<>("partitioning-agreed", key, null)));
            }
        }
        for (int i = 0; i < keys.size(); i++) {
            assertThat(Partitioning.DEFAULT.partition(keys.get(i), 7))
                    .as("key %d of seed %d", i, seed)
                    .isEqualTo(sent.get(i).get().partition());
        }
    }

    @Test
    void route_withTheDeclaredPartitioner_followsTopicsYaml() throws Exception {
        String topic = "partitioning-route";
        TopicProbe.create(topic, 3);
        String declaration = "topics: [{name: %s, partitions: 3, replication: 1, partitioner: %s}]"
                .formatted(topic, "{hash: customer, pin: {Pangyo: 0}, missing-key: refuse}");
        try (Flow flow = Flow.start(to(topic, declaration))) {
            ProducerTemplate template = flow.camel().createProducerTemplate();
            for (String customer : List.of("Busan", "wonyoung", "somin", "1234568", "12347777", "Pangyo")) {
                for (String date : List.of("2026-11-19", "2026-11-20")) {
                    String key = "{\"customer\":\"%s\",\"date\":\"%s\"}".formatted(customer, date);
                    template.sendBodyAndHeader("direct:in", customer, "kafka.KEY", key);
                }
            }
            assertThatExceptionOfType(CamelExecutionException.class)
                    .isThrownBy(() -> template.sendBodyAndHeader("direct:in", "x", "kafka.KEY", "{\"city\":\"x\"}"))
                    .havingRootCause()
                    .isInstanceOf(InvalidRecordException.class)
                    .withMessage("the key must be a JSON object with the field \"customer\"");
        }

        assertThat(partitions(topic))
                .isEqualTo(Map.of(
                        "Busan", List.of(2, 2),
                        "wonyoung", List.of(0, 0),
                        "somin", List.of(2, 2),
                        "1234568", List.of(2, 2),
                        "12347777", List.of(0, 0),
                        "Pangyo", List.of(0, 0)));
    }

    @Test
    void yamlRoute_withTheDeclaredPartitioner_followsTopicsYaml() throws Exception {
        String topic = "partitioning-yaml";
        TopicProbe.create(topic, 3);
        Path file = Files.writeString(
                directory.resolve("topics.yaml"),
                "topics: [{name: %s, partitions: 3, partitioner: {pin: {Pangyo: 0}}}]".formatted(topic));
        String yaml = """
                - route:
                    from:
                      uri: direct:in
                      steps:
                        - to:
                            uri: kafka
                            parameters:
                              topic: %s
                              partitioner: io.wadi.kafka.topics.DeclaredPartitioner
                              additionalProperties.wadi.topicsFile: "%s"
                """.formatted(topic, file);
        try (Flow flow = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {}
        })) {
            PluginHelper.getRoutesLoader(flow.camel()).loadRoutes(ResourceHelper.fromString("route.camel.yaml", yaml));
            flow.camel().createProducerTemplate().sendBodyAndHeader("direct:in", "pinned", "kafka.KEY", "Pangyo");
        }

        assertThat(partitions(topic)).isEqualTo(Map.of("pinned", List.of(0)));
    }

    @Test
    void route_topicWithoutAPartitioner_usesKafkasPartitioner() throws Exception {
        String topic = "partitioning-undeclared";
        TopicProbe.create(topic, 3);
        try (Flow flow = Flow.start(to(topic, "topics: []"))) {
            ProducerTemplate template = flow.camel().createProducerTemplate();
            template.sendBodyAndHeader("direct:in", "keyed", "kafka.KEY", "Pangyo");
            for (int i = 0; i < 100; i++) {
                template.sendBody("direct:in", "spread");
            }
        }

        assertThat(partitions(topic).get("keyed")).containsExactly(1);
        assertThat(partitions(topic).get("spread")).hasSize(100).contains(0, 1, 2);
    }

    @Test
    void producerWithoutATopicsFile_isRejected() {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", Flow.brokers(), "partitioner.class", DeclaredPartitioner.class.getName());

        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(() -> new KafkaProducer<>(
                        settings,
                        new org.apache.kafka.common.serialization.ByteArraySerializer(),
                        new org.apache.kafka.common.serialization.ByteArraySerializer()))
                .havingRootCause()
                .withMessage("partitioner.class is io.wadi.kafka.topics.DeclaredPartitioner, "
                        + "which requires wadi.topicsFile: expected the path of topics.yaml");
    }

    private RouteBuilder to(String topic, String declarations) throws Exception {
        Path file = Files.writeString(directory.resolve("topics.yaml"), declarations);
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:in")
                        .toF(
                                "kafka:%s?partitioner=%s&additionalProperties.wadi.topicsFile=%s",
                                topic, DeclaredPartitioner.class.getName(), file);
            }
        };
    }

    /** Returns the partitions of the records of each value. */
    private static Map<String, List<Integer>> partitions(String topic) {
        Map<String, List<Integer>> partitions = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> found : KafkaProbe.readAll(topic)) {
            partitions
                    .computeIfAbsent(new String(found.value(), UTF_8), value -> new ArrayList<>())
                    .add(found.partition());
        }
        return partitions;
    }
}
