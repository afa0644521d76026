package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.OwnElasticsearch;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The shipped indexing route with an Elasticsearch that is overloaded, killed, frozen or read-only. The route's
 * consumer stays in the group, indexing recovers by itself, and no record is lost or duplicated.
 */
@Nightly(perChange = {"BulkSizeTest", "BulkOutcomeTest", "PartitionIndexerRandomTest"})
class PressureIT {
    private static final Duration MORE_THAN_POLL_INTERVAL = Duration.ofSeconds(25);

    @AutoClose
    private static OwnElasticsearch server;

    private static ElasticsearchProbe elasticsearch;

    @BeforeAll
    static void start() throws Exception {
        // 429 if all requests together exceed the first limit, 413 if one request exceeds the second: half of the
        // second still exceeds what the first allows.
        server = OwnElasticsearch.start("indexing_pressure.memory.limit: 200kb", "http.max_content_length: 400kb");
        elasticsearch = new ElasticsearchProbe(server.url());
    }

    private static RunningWadi wadi(String topic, String... settings) throws Exception {
        Map<String, String> all = new HashMap<>(
                Map.of("wadi.elasticsearch.hosts", server.hosts(), "wadi.elasticsearch.request-timeout", "2s"));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return RunningWadi.startIndexing(topic, all);
    }

    /** Sends {@code count} records of about this size, distributed over the partitions. */
    private static void produce(String topic, int partitions, int count, int bytes) throws Exception {
        String filling = "x".repeat(bytes);
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] value = "{\"n\":%d,\"s\":\"%s\"}".formatted(i, filling).getBytes(UTF_8);
                sent.add(producer.send(new ProducerRecord<>(topic, i % partitions, null, value)));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    private static String health(RunningWadi wadi) throws Exception {
        return Http.get(wadi.managementUrl() + "/observe/health").body();
    }

    private static double failures(RunningWadi wadi, String topic) throws Exception {
        return Http.get(wadi.managementUrl() + "/observe/metrics")
                .body()
                .lines()
                .filter(line ->
                        line.startsWith("wadi_indexing_failures_total{") && line.contains("topic=\"" + topic + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }

    @Test
    void rejectedBulkRequests_shrinkUntilTheyAreAccepted() throws Exception {
        String topic = "pressure-overload";
        TopicProbe.create(topic, 3, Map.of("max.message.bytes", "2000000"));
        produce(topic, 3, 3000, 900);
        ConsumerRecord<byte[], byte[]> beyondMemory = large(topic, 300_000);
        ConsumerRecord<byte[], byte[]> beyondLength = large(topic, 500_000);
        produce(topic, 3, 30, 900);

        try (RunningWadi wadi = wadi(topic)) {
            IndexedOnce.awaitAll(topic);
            assertThat(failures(wadi, topic)).as("429 were answered").isPositive();
        }
        IndexedOnce.check(elasticsearch, topic);
        List<ConsumerRecord<byte[], byte[]>> deadLetters = KafkaProbe.read(
                "wadi.dead-letter",
                deadLetter ->
                        KafkaProbe.header(deadLetter, "__connect.errors.topic").equals(topic));
        assertThat(deadLetters)
                .satisfiesExactlyInAnyOrder(
                        deadLetter -> check(deadLetter, beyondMemory, "max_coordinating_bytes=204800"),
                        deadLetter -> check(deadLetter, beyondLength, "413"));
    }

    private static void check(
            ConsumerRecord<byte[], byte[]> deadLetter, ConsumerRecord<byte[], byte[]> rejected, String reason) {
        assertThat(deadLetter.value()).isEqualTo(rejected.value());
        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.exception.message"))
                .startsWith("the document of " + rejected.value().length + " bytes exceeds Elasticsearch's limit: ")
                .contains(reason);
    }

    private static ConsumerRecord<byte[], byte[]> large(String topic, int bytes) throws Exception {
        byte[] value = "{\"n\":1,\"s\":\"%s\"}".formatted("x".repeat(bytes)).getBytes(UTF_8);
        RecordMetadata sent = KafkaProbe.send(new ProducerRecord<>(topic, 1, null, value));
        return KafkaProbe.read(topic, 1, sent.offset());
    }

    @Test
    void readOnlyIndex_pausesIndexingWithoutARebalance_untilItIsWritable() throws Exception {
        String topic = "pressure-read-only";
        TopicProbe.create(topic, 2);
        elasticsearch.request("PUT", "/" + topic, "");
        // Elasticsearch removes the block at each check of its disks, every 30 s.
        elasticsearch.request(
                "PUT", "/_cluster/settings", "{\"persistent\":{\"cluster.info.update.interval\":\"1h\"}}");
        elasticsearch.request("PUT", "/" + topic + "/_settings", "{\"index.blocks.read_only_allow_delete\":true}");
        produce(topic, 2, 100, 10);

        try (RunningWadi wadi = wadi(topic, "camel.component.kafka.max-poll-interval-ms", "20000")) {
            await().untilAsserted(() -> assertThat(health(wadi))
                    .contains("retrying at offset 0", "429 cluster_block_exception", "flood-stage watermark"));
            Set<String> members = GroupProbe.members(topic);
            double before = failures(wadi, topic);
            // Longer than max.poll.interval.ms: a member that did not poll would leave the group.
            long begin = System.nanoTime();
            await().until(() -> failures(wadi, topic) >= before + 6
                    && System.nanoTime() - begin > MORE_THAN_POLL_INTERVAL.toNanos());
            assertThat(elasticsearch.ids(topic)).isEmpty();

            elasticsearch.request("PUT", "/" + topic + "/_settings", "{\"index.blocks.read_only_allow_delete\":null}");
            IndexedOnce.awaitAll(topic);
            assertThat(GroupProbe.members(topic)).hasSize(1).isEqualTo(members);
            await().untilAsserted(() -> assertThat(health(wadi)).doesNotContain("flood-stage"));
        }
        IndexedOnce.check(elasticsearch, topic);
    }

    @Test
    void elasticsearchFrozenThenKilled_indexingResumesByItself() throws Exception {
        String topic = "pressure-away";
        TopicProbe.create(topic, 2);
        produce(topic, 2, 100, 10);

        try (RunningWadi wadi = wadi(topic)) {
            IndexedOnce.awaitAll(topic);
            Set<String> members = GroupProbe.members(topic);

            server.freeze();
            produce(topic, 2, 100, 10);
            await().untilAsserted(() -> assertThat(health(wadi)).contains("no response from Elasticsearch", "Timeout"));
            server.thaw();
            IndexedOnce.awaitAll(topic);

            server.kill();
            produce(topic, 2, 100, 10);
            await().untilAsserted(() -> assertThat(health(wadi)).contains("Connection refused"));
            server.restart();
            IndexedOnce.awaitAll(topic);
            assertThat(GroupProbe.members(topic)).hasSize(1).isEqualTo(members);
        }
        IndexedOnce.check(elasticsearch, topic);
    }
}
