package io.wadi.kafka.consumer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.RecordBatches;
import io.wadi.kafka.Recorder;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The output of exactly-once routes on real Kafka, as seen by consumers with read_committed: complete and without
 * duplicates.
 */
@Execution(ExecutionMode.CONCURRENT)
class ExactlyOnceIT extends ExactlyOnceTestSupport {
    private static final String RECORD_BATCHES = "&kafkaClientFactory=#record-batches";

    @Test
    void recordThatFailsBetweenItsSends_abortsItsTransaction() throws Exception {
        String in = topics("eos-between", Map.of());
        Flow.produce(in, 2, 0, 100);
        Recorder recorder =
                new Recorder((given, number) -> given.partition() == 0 && given.offset() == 40 && number < 4);
        try (Flow flow = copyTwice(in, recorder)) {
            awaitDone(in, 100);
        }
        assertOnce(in + "-first", 100);
        assertOnce(in + "-second", 100);
        assertThat(recorder.tries(0, 40)).hasSize(4);
    }

    /** While one partition is in backoff, the other one continues. */
    @Test
    void failingRecord_blocksOnlyItsPartition() throws Exception {
        String in = topics("eos-stuck", Map.of());
        Flow.produce(in, 2, 0, 100);
        CountDownLatch healed = new CountDownLatch(1);
        Recorder recorder = new Recorder(
                (given, number) -> given.partition() == 0 && given.offset() == 40 && healed.getCount() > 0);
        try (Flow flow = copyTwice(in, recorder)) {
            await().until(() -> Flow.committed(in, in, 0) == 40
                    && Flow.committed(in, in, 1) == 100
                    && recorder.tries(0, 40).size() > 2);
            assertThat(values(KafkaProbe.readAll(in + "-first")))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(Flow.values(0, 40).stream(), Flow.values(1, 100).stream())
                                    .toList());
            healed.countDown();
            awaitDone(in, 100);
        }
        assertOnce(in + "-first", 100);
        assertOnce(in + "-second", 100);
    }

    /** The second send is rejected: the dead letter is visible, the first send is not. */
    @ParameterizedTest
    @ValueSource(strings = {"", RECORD_BATCHES})
    void rejectedRecord_leavesOnlyItsDeadLetter(String handover) throws Exception {
        String in = topics("eos-refused" + (handover.isEmpty() ? "" : "-in-run"), Map.of("max.message.bytes", "20000"));
        String deadLetters = in + "-dead-letters";
        TopicProbe.create(deadLetters, 1);
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
                from("kafka:" + in + "?groupId=" + in + SETTINGS + handover)
                        .routeId(in)
                        .process(RecordBatches::toMessages)
                        .to("kafka:" + in + "-first")
                        .to("kafka:" + in + "-second");
            }
        })) {
            await().until(() -> Flow.committed(in, in, 0) == 21 && Flow.committed(in, in, 1) == 20);
        }
        assertThat(values(KafkaProbe.readAll(deadLetters))).containsExactly(tooLarge);
        assertOnce(in + "-first", 20);
        assertOnce(in + "-second", 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 60})
    void rebalancedPartitions_resumeAtTheirCommittedOffsets(int slowMs) throws Exception {
        String in = topics("eos-move-" + slowMs, Map.of());
        Flow.produce(in, 2, 0, 300);
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch inTheMiddle = new CountDownLatch(20);
        Recorder.Plan slowly = (given, number) -> {
            inTheMiddle.countDown();
            return given.offset() % 10 == 3 && never.await(slowMs, TimeUnit.MILLISECONDS);
        };
        try (Flow first = copyTwice(in, new Recorder(slowly))) {
            assertThat(inTheMiddle.await(2, TimeUnit.MINUTES)).isTrue();
            try (Flow second = copyTwice(in, new Recorder(slowly))) {
                await().until(() -> Flow.members(in) == 2);
            }
            awaitDone(in, 300);
        }
        assertOnce(in + "-first", 300);
        assertOnce(in + "-second", 300);
    }

    /** Camel interrupts the consumer's thread; Kafka's producer throws from commit, abort and close then. */
    @Test
    void forcedStop_abortsItsTransaction_andCommitsNoneOfItsOffsets() throws Exception {
        String in = topics("eos-forced", Map.of());
        Flow.produce(in, 2, 0, 100);
        CountDownLatch inTheMiddle = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Recorder hanging = new Recorder((given, number) -> {
            if (given.offset() == 40) {
                inTheMiddle.countDown();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return false;
        });
        try (Flow flow = copyTwice(in, "&shutdownTimeout=500", hanging)) {
            assertThat(inTheMiddle.await(2, TimeUnit.MINUTES)).isTrue();
            flow.camel().getRouteController().stopRoute(in, 1, TimeUnit.SECONDS);
        }
        try (Flow flow = copyTwice(in, new Recorder(Recorder.Plan.NO_FAILURES))) {
            awaitDone(in, 100);
        }
        // Until Kafka aborts the transaction, it hides the records after those of its own.
        await().untilAsserted(() -> assertOnce(in + "-first", 100));
        await().untilAsserted(() -> assertOnce(in + "-second", 100));
    }

    @Test
    void batchThatFailsBetweenItsSends_isAbortedAsAWhole() throws Exception {
        String in = topics("eos-run", Map.of());
        Flow.produce(in, 2, 0, 100);
        AtomicInteger failures = new AtomicInteger();
        try (Flow flow = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("kafka:" + in + "?maxPollRecords=30&groupId=" + in + SETTINGS + RECORD_BATCHES)
                        .routeId(in)
                        .process(RecordBatches::toMessages)
                        .to("kafka:" + in + "-first")
                        .process(exchange -> {
                            if (failures.incrementAndGet() % 3 == 1 && failures.get() < 10) {
                                throw new IllegalStateException("planned failure " + failures);
                            }
                        })
                        .to("kafka:" + in + "-second");
            }
        })) {
            awaitDone(in, 100);
        }
        assertThat(failures).hasValueGreaterThan(9);
        assertOnce(in + "-first", 100);
        assertOnce(in + "-second", 100);
    }

    /** A sink commits the offsets that it has published, which a transaction must not do. */
    @Test
    void sinkWithTransactions_isRejected() throws Exception {
        TopicPartition partition = Flow.topic("eos-sink", 5);
        FakeSink.Store store = new FakeSink.Store(1);
        List<Exception> failures = new CopyOnWriteArrayList<>();
        try (Flow flow = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Exception.class)
                        .process(exchange ->
                                failures.add(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)));
                from("kafka:eos-sink?groupId=eos-sink" + SETTINGS + RECORD_BATCHES)
                        .routeId("eos-sink")
                        .process(store);
            }
        })) {
            await().until(() -> !failures.isEmpty());
        }
        assertThat(failures.get(0))
                .hasMessageContaining(
                        "wadi.transactional=true is not supported: the sink of this route commits its own offsets");
        assertThat(store.published(partition)).isEmpty();
    }

    @Test
    void misspelledSetting_isRejected() {
        assertThatThrownBy(() -> Flow.start(
                        "eos-misspelt",
                        "&additionalProperties.wadi.transaction=true",
                        new Recorder(Recorder.Plan.NO_FAILURES)))
                .rootCause()
                .hasMessageContaining(
                        "Unknown property additionalProperties.wadi.transaction: expected wadi.partitions");
    }
}
