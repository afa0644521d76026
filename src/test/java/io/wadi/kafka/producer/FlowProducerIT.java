package io.wadi.kafka.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.RecordBatches;
import io.wadi.kafka.Recorder;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record is complete only after Kafka has acknowledged what its route has sent. */
class FlowProducerIT {
    @AfterEach
    void startKafka() throws Exception {
        TestServers.shared().kafka().start();
    }

    /** With the first setting, sends outlast the outage; with the second, they fail and are repeated. */
    @ParameterizedTest
    @Nightly(
            perChange = {
                "AcknowledgementsTest",
                "ConsumerRandomTest",
                "ExactlyOnceOutageIT#kafkaOutage_eachRecordIsProcessedOnce"
            })
    @ValueSource(
            strings = {"", "?deliveryTimeoutMs=1500&requestTimeoutMs=1000&maxBlockMs=1000&reconnectBackoffMaxMs=200"})
    void records_areAllForwardedInOrderAcrossAnOutage(String settings) throws Exception {
        String in = settings.isEmpty() ? "outage" : "outage-short";
        String out = in + "-out";
        TopicProbe.create(in, 3);
        TopicProbe.create(out, 3);
        int count = 700;
        Flow.produce(in, 3, 0, count);
        CountDownLatch inTheMiddle = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Recorder recorder = new Recorder((given, number) -> {
            if (given.offset() == 250) {
                inTheMiddle.countDown();
                stopped.await(2, TimeUnit.MINUTES);
            }
            return false;
        });
        try (Flow flow = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("kafka:" + in + "?groupId=" + in).process(recorder).to("kafka:" + out + settings);
            }
        })) {
            assertThat(inTheMiddle.await(2, TimeUnit.MINUTES)).isTrue();
            stopKafkaForLongerThanTheShortTimeout(out, stopped);
            await().until(() -> {
                assertNothingCommittedIsMissing(in, out);
                return Flow.committed(in, in, 0) == count
                        && Flow.committed(in, in, 1) == count
                        && Flow.committed(in, in, 2) == count;
            });
        }
        List<String> arrived = values(KafkaProbe.readAll(out));
        for (int partition = 0; partition < 3; partition++) {
            String prefix = partition + "-";
            assertThat(arrived.stream()
                            .filter(value -> value.startsWith(prefix))
                            .distinct())
                    .containsExactlyElementsOf(Flow.values(partition, count));
        }
    }

    /** As when the stop of a route takes too long. */
    @Test
    void interruptedClose_endsAllProducers() throws Exception {
        TopicProbe.create("own-closed", 1);
        Properties common = new Properties();
        common.putAll(Map.of(
                "bootstrap.servers", Flow.brokers(),
                "client.id", "closed-common",
                "key.serializer", ByteArraySerializer.class.getName(),
                "value.serializer", ByteArraySerializer.class.getName()));
        FlowProducer producer =
                new FlowProducer(common, Map.of("own-closed", Map.of("client.id", "closed-own")), () -> {});
        assertThat(producer.partitionsFor("own-closed")).hasSize(1);
        assertThat(threads()).anyMatch(name -> name.endsWith("closed-own"));

        Thread.currentThread().interrupt();
        producer.closeForGood();

        assertThat(Thread.interrupted()).isTrue();
        await().untilAsserted(() ->
                assertThat(threads()).noneMatch(name -> name.endsWith("closed-common") || name.endsWith("closed-own")));
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
    }

    @Test
    void topicsWithTheirOwnSettings_haveTheirOwnProducers() throws Exception {
        TopicProbe.create("own-none", 1);
        TopicProbe.create("own-acks-0", 1);
        Properties common = new Properties();
        common.putAll(Map.of(
                "bootstrap.servers", Flow.brokers(),
                "key.serializer", ByteArraySerializer.class.getName(),
                "value.serializer", ByteArraySerializer.class.getName()));
        FlowProducer producer = new FlowProducer(
                common, Map.of("own-acks-0", Map.of("acks", "0", "enable.idempotence", "false")), () -> {});
        try {
            assertThat(producer.partitionsFor("own-none")).hasSize(1);
            assertThat(producer.partitionsFor("own-acks-0")).hasSize(1);
            assertThat(producer.send(new ProducerRecord<>("own-none", new byte[1]))
                            .get())
                    .matches(RecordMetadata::hasOffset);
            assertThat(producer.send(new ProducerRecord<>("own-acks-0", new byte[1]))
                            .get())
                    .matches(metadata -> !metadata.hasOffset());
        } finally {
            producer.closeForGood();
        }

        // Kafka may store it after the send returns.
        await().untilAsserted(() -> assertThat(KafkaProbe.readAll("own-acks-0")).hasSize(1));
        assertThatThrownBy(() -> producer.send(new ProducerRecord<>("own-acks-0", new byte[1])))
                .isInstanceOf(IllegalStateException.class);
    }

    private static void stopKafkaForLongerThanTheShortTimeout(String topic, CountDownLatch stopped) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", Flow.brokers(),
                "linger.ms", "0",
                "request.timeout.ms", "1000",
                "delivery.timeout.ms", "3000");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.partitionsFor(topic);
            TestServers.shared().kafka().stop();
            stopped.countDown();
            assertThatThrownBy(producer.send(new ProducerRecord<>(topic, 0, null, new byte[0]))::get)
                    .hasCauseInstanceOf(TimeoutException.class);
        }
        TestServers.shared().kafka().start();
    }

    private static void assertNothingCommittedIsMissing(String in, String out) throws Exception {
        List<Long> committed = new ArrayList<>();
        for (int partition = 0; partition < 3; partition++) {
            committed.add(Flow.committed(in, in, partition));
        }
        List<String> arrived = values(KafkaProbe.readAll(out));
        for (int partition = 0; partition < 3; partition++) {
            assertThat(arrived)
                    .containsAll(Flow.values(partition, committed.get(partition).intValue()));
        }
    }

    @Test
    void recordTooLargeForTheProducer_failsAlone() throws Exception {
        assertOneIsTooLarge("too-large-producer", Map.of(), "?maxRequestSize=20000", false);
    }

    @Test
    void recordTooLargeForTheBroker_isIdentified_andFailsAlone() throws Exception {
        assertOneIsTooLarge("too-large-broker", Map.of("max.message.bytes", "20000"), "", false);
    }

    @Test
    void recordOfABatchTooLargeForTheProducer_failsAlone() throws Exception {
        assertOneIsTooLarge("too-large-producer-run", Map.of(), "?maxRequestSize=20000", true);
    }

    @Test
    void recordOfABatchTooLargeForTheBroker_isIdentified_andFailsAlone() throws Exception {
        assertOneIsTooLarge("too-large-broker-run", Map.of("max.message.bytes", "20000"), "", true);
    }

    private static void assertOneIsTooLarge(
            String in, Map<String, String> outSettings, String sendSettings, boolean runs) throws Exception {
        String out = in + "-out";
        String deadLetters = in + "-dead-letters";
        TopicProbe.create(in, 2);
        TopicProbe.create(deadLetters, 1);
        TopicProbe.create(out, 2, outSettings);
        Flow.produce(in, 2, 0, 10);
        byte[] large = new byte[20_000];
        new Random(1).nextBytes(large);
        String tooLarge = HexFormat.of().formatHex(large);
        KafkaProbe.send(new ProducerRecord<>(in, 0, "0".getBytes(UTF_8), tooLarge.getBytes(UTF_8)));
        Flow.produce(in, 2, 10, 10);
        try (Flow flow = Flow.start(deadLetters, new RouteBuilder() {
            @Override
            public void configure() {
                onException(RecordTooLargeException.class).handled(true).process("dead-letters");
                from("kafka:" + in + "?groupId=" + in + (runs ? "&kafkaClientFactory=#record-batches" : ""))
                        .routeId(in)
                        .process(RecordBatches::toMessages)
                        .to("kafka:" + out + sendSettings);
            }
        })) {
            await().until(() -> Flow.committed(in, in, 0) == 21 && Flow.committed(in, in, 1) == 20);
        }
        ConsumerRecord<byte[], byte[]> deadLetter =
                KafkaProbe.readAll(deadLetters).get(0);
        assertThat(new String(deadLetter.value(), UTF_8)).isEqualTo(tooLarge);
        assertThat(KafkaProbe.header(deadLetter, "__connect.errors.exception.class.name"))
                .isEqualTo(RecordTooLargeException.class.getName());
        assertThat(KafkaProbe.readAll(deadLetters)).hasSize(1);
        assertThat(values(KafkaProbe.readAll(out)).stream().distinct())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Flow.values(0, 20).stream(), Flow.values(1, 20).stream())
                                .toList());
    }

    private static List<String> values(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(each -> new String(each.value(), UTF_8)).toList();
    }
}
