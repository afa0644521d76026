package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code ./wadi index} on the shared servers, on topics and indices of the test. */
abstract class IndexCommandTestSupport {
    static final ElasticsearchProbe ELASTICSEARCH =
            new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl());

    @TempDir
    Path configuration;

    static void produce(String topic, int from, int count, String... header) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            for (int i = from; i < from + count; i++) {
                byte[] value = "{\"n\":%d}".formatted(i).getBytes(UTF_8);
                ProducerRecord<byte[], byte[]> sent = new ProducerRecord<>(topic, i % 3, null, value);
                if (header.length > 0) {
                    sent.headers().add(header[0], (header[1] + i).getBytes(UTF_8));
                }
                producer.send(sent);
            }
        }
    }

    static Map<String, String> settings(String topic, boolean envelope) {
        return Map.of(
                "wadi.landing.topics",
                topic,
                "wadi.landing.group",
                topic + "-landing",
                "wadi.landing.directory",
                "/" + topic,
                "wadi.landing.roll-records",
                "40",
                "wadi.landing.envelope",
                Boolean.toString(envelope),
                "wadi.indexing.topic",
                topic,
                "wadi.indexing.index",
                topic,
                "wadi.indexing.group",
                topic);
    }

    final TestedCommand command(Map<String, String> settings) {
        return TestedCommand.onServers("index", configuration, settings);
    }

    final CommandProcess rebuild(Map<String, String> settings, String... words) throws Exception {
        return command(settings).inThisJvm(rebuild(words));
    }

    static String[] rebuild(String... words) {
        return Stream.concat(Stream.of("rebuild"), Stream.of(words)).toArray(String[]::new);
    }

    static void awaitCommitted(String group, String topic) {
        await().untilAsserted(() -> {
            for (int partition = 0; partition < 3; partition++) {
                TopicPartition each = new TopicPartition(topic, partition);
                assertThat(GroupProbe.committed(group).get(each)).isNotNull();
                assertThat(GroupProbe.committed(group).get(each).offset()).isEqualTo(TopicProbe.end(each));
            }
        });
    }

    static void mapAsKeyword(String topic) throws Exception {
        ELASTICSEARCH.request(
                "PUT",
                "/_index_template/" + topic,
                "{\"index_patterns\":[\"" + topic + "*\"],\"priority\":50,\"template\":{\"mappings\":{\"properties\":"
                        + "{\"n\":{\"type\":\"keyword\"}}},\"settings\":{\"index.refresh_interval\":\"7s\"}}}");
    }

    static void sendThree(String topic) throws Exception {
        for (int i = 0; i < 3; i++) {
            KafkaProbe.send(new ProducerRecord<>(topic, 0, null, "{}".getBytes(UTF_8)));
        }
    }

    static Map<String, String> values(String topic) {
        Map<String, String> values = new TreeMap<>();
        KafkaProbe.readAll(topic)
                .forEach(each -> values.put(
                        topic + "+" + each.partition() + "+" + each.offset(), new String(each.value(), UTF_8)));
        return values;
    }

    static Map<String, String> documents(String index) throws Exception {
        Map<String, String> documents = new TreeMap<>();
        ELASTICSEARCH
                .request("GET", "/" + index + "/_search?size=1000", "")
                .at("/hits/hits")
                .forEach(each -> documents.put(
                        each.path("_id").asText(), each.path("_source").toString()));
        return documents;
    }
}
