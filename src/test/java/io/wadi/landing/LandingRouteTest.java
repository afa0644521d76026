package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.Fixtures;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code routes/landing.camel.yaml} as shipped, on real Kafka and real HDFS. */
class LandingRouteTest {
    private static final String TOPIC = "landing-route-test";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        KafkaProbe.createTopic(TOPIC, 2);
        wadi = RunningWadi.start(Map.of(
                "wadi.landing.topics", "select-color," + TOPIC,
                "wadi.landing.group", "landing-route-test",
                "wadi.landing.directory", "/landing-route-test"));
    }

    @AfterAll
    static void stop() {
        wadi.close();
    }

    @Test
    void values_landByteForByteUnderTheRangeTheyCover() throws Exception {
        List<String> values = new ArrayList<>(Fixtures.lines("select-color.ndjson"));
        values.add("{\"control\":\"\\u0000\\u001f\",\"raw\":\"\u007f\u0085\u2028\",\"한글\":\"값\"}");
        List<RecordMetadata> sent = new ArrayList<>();
        for (String value : values) {
            sent.add(KafkaProbe.send(new ProducerRecord<>(TOPIC, 0, null, value.getBytes(UTF_8))));
        }

        RecordMetadata last = sent.get(sent.size() - 1);
        await().atMost(SOON).until(() -> covered(last));

        List<String> landed = new ArrayList<>();
        long next = 0;
        for (HdfsProbe.Landed file : HdfsProbe.landed("/landing-route-test", TOPIC)) {
            if (file.partition() == 0) {
                assertThat(file.first()).isEqualTo(next);
                assertThat(file.lines()).hasSize((int) (file.last() - file.first() + 1));
                next = file.last() + 1;
                landed.addAll(file.lines());
            }
        }
        assertThat(landed).isEqualTo(values);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(KafkaProbe.committed("landing-route-test")
                                .get(new TopicPartition(TOPIC, 0))
                                .offset())
                        .isEqualTo(last.offset() + 1));
    }

    @Test
    void valuesThatAreNoLine_goToTheDeadLettersAndTheOthersLand() throws Exception {
        RecordMetadata broken = KafkaProbe.send(new ProducerRecord<>(TOPIC, 1, null, "{\"a\":\n1}".getBytes(UTF_8)));
        RecordMetadata none = KafkaProbe.send(new ProducerRecord<>(TOPIC, 1, "key".getBytes(UTF_8), null));
        RecordMetadata good = KafkaProbe.send(new ProducerRecord<>(TOPIC, 1, null, "{\"good\":1}".getBytes(UTF_8)));

        await().atMost(SOON).until(() -> covered(good));

        ConsumerRecord<byte[], byte[]> letter =
                KafkaProbe.deadLetters(broken, "landing").get(0);
        assertThat(new String(letter.value(), UTF_8)).isEqualTo("{\"a\":\n1}");
        assertThat(KafkaProbe.header(letter, "__connect.errors.exception.message"))
                .isEqualTo("the value has a line break at byte 5, a line can have none");
        assertThat(KafkaProbe.deadLetters(none, "landing")).hasSize(1);
        assertThat(HdfsProbe.landed("/landing-route-test", TOPIC).stream()
                        .filter(file -> file.partition() == 1)
                        .flatMap(file -> file.lines().stream()))
                .containsExactly("{\"good\":1}");
    }

    private static boolean covered(RecordMetadata record) throws Exception {
        return HdfsProbe.covering("/landing-route-test", TOPIC, record.partition(), record.offset())
                        .size()
                == 1;
    }
}
