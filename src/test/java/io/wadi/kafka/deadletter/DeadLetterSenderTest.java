package io.wadi.kafka.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wadi.kafka.ConsumedRecord;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RecordBatches;
import io.wadi.kafka.Records;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;

final class DeadLetterSenderTest {
    private static final TopicPartition PARTITION = new TopicPartition("metric.all", 2);

    private final MockProducer<Object, Object> producer = Producers.inMemory();
    private final AtomicInteger made = new AtomicInteger();
    private final DeadLetterSender sender = new DeadLetterSender("dead", () -> {
        made.incrementAndGet();
        return producer;
    });
    private final ConsumerRecord<byte[], byte[]> failed =
            new ConsumerRecord<>("metric.all", 2, 42, "김".getBytes(UTF_8), new byte[] {0, '\n', (byte) 0xFF});

    @Test
    void send_deadLetter_containsTheOriginalRecordAndTheCause() {
        failed.headers()
                .add("id", "7".getBytes(UTF_8))
                .add("id", "8".getBytes(UTF_8))
                .add("empty", null);

        sender.send(failed, "server-metrics", new IllegalArgumentException("not 김 😀"));

        ProducerRecord<Object, Object> deadLetter = only();
        assertThat(deadLetter.topic()).isEqualTo("dead");
        assertThat(deadLetter.partition()).isNull();
        assertThat(deadLetter.key()).isEqualTo(failed.key());
        assertThat(deadLetter.value()).isEqualTo(failed.value());
        assertThat(texts(deadLetter.headers()))
                .containsExactly(
                        "id=7",
                        "id=8",
                        "empty=null",
                        "__connect.errors.topic=metric.all",
                        "__connect.errors.partition=2",
                        "__connect.errors.offset=42",
                        "__connect.errors.connector.name=server-metrics",
                        "__connect.errors.exception.class.name=java.lang.IllegalArgumentException",
                        "__connect.errors.exception.message=not 김 😀");
    }

    /** Otherwise a route that reads the dead-letter topic would get the same record again without end. */
    @Test
    void deadLetterThatFails_isNotWrittenAgain() {
        ConsumerRecord<byte[], byte[]> deadLetter = new ConsumerRecord<>("dead", 0, 3, null, new byte[1]);

        sender.send(deadLetter, "notification", new IllegalArgumentException("no text"));
        assertThat(sender.deadLetter(deadLetter, "indexing", new IllegalArgumentException("no text")))
                .isEmpty();

        assertThat(made).hasValue(0);
    }

    @Test
    void begin_doesNotWaitForTheAcknowledgement() {
        MockProducer<Object, Object> slow = Producers.uncompleted();
        DeadLetterSender several = new DeadLetterSender("dead", () -> slow);
        DeadLetterSender.Sent first = several.begin(failed, "landing", new IllegalArgumentException("no line"));
        DeadLetterSender.Sent second = several.begin(failed, "landing", new IllegalArgumentException("no line"));

        slow.completeNext();
        slow.errorNext(new TimeoutException("none"));

        first.await();
        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(second::await)
                .withMessage("Failed to write the dead letter of metric.all-2@42 to topic dead");
    }

    /** As without metadata of the topic: each further send would block for max.block.ms. */
    @Test
    void begin_failedSend_throwsAtOnce() {
        MockProducer<Object, Object> withoutTopic = Producers.withoutMetadata();

        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(() -> new DeadLetterSender("dead", () -> withoutTopic)
                        .begin(failed, "landing", new IllegalArgumentException("no line")))
                .withMessage("Failed to write the dead letter of metric.all-2@42 to topic dead");
    }

    @Test
    void send_causeThatQuotesALargeRecord_isShortened() {
        sender.send(failed, "indexing", new IllegalArgumentException("Preview: " + "x".repeat(1 << 20)));

        assertThat(only().headers()
                        .lastHeader("__connect.errors.exception.message")
                        .value())
                .hasSizeLessThan(10_000)
                .asString(UTF_8)
                .startsWith("Preview: xxx")
                .endsWith("x…");
    }

    @Test
    void send_recordWithoutKeyAndValue_isKept() {
        sender.send(Records.record(PARTITION, 7, null), "landing", new IllegalArgumentException("tombstone"));

        assertThat(only().key()).isNull();
        assertThat(only().value()).isNull();
    }

    @Test
    void send_recordOfABatch_sendsItsBytes_andDoesNotModifyTheValue() {
        byte[] bytes = {0, '\n', (byte) 0xFF};
        ByteBuffer value = Records.value(bytes);

        sender.send(new ConsumerRecord<>("t", 0, 1, null, value), "landing", new IllegalArgumentException("no line"));

        assertThat(only().value()).isEqualTo(bytes);
        assertThat(value).isEqualTo(Records.value(bytes));
    }

    @Test
    void send_deadLetterOfADeadLetter_carriesTheLastCauseOnly() {
        failed.headers().add("__connect.errors.offset", "1".getBytes(UTF_8)).add("other", "x".getBytes(UTF_8));

        sender.send(failed, "replay", new IOException("again"));

        assertThat(texts(only().headers()))
                .contains("other=x", "__connect.errors.offset=42")
                .doesNotContain("__connect.errors.offset=1");
    }

    @Test
    void deadLetterOfAnEvent_dropsErrorHeadersOfItsSender() {
        failed.headers()
                .add("__connect.errors.partition", "1".getBytes(UTF_8))
                .add("__connect.errors.offset", "9".getBytes(UTF_8))
                .add("other", "x".getBytes(UTF_8));

        ProducerRecord<Object, Object> deadLetter =
                sender.deadLetter("orders", null, new byte[0], failed.headers(), "events", new IOException("invalid"));

        assertThat(texts(deadLetter.headers()))
                .containsExactly(
                        "other=x",
                        "__connect.errors.topic=orders",
                        "__connect.errors.connector.name=events",
                        "__connect.errors.exception.class.name=java.io.IOException",
                        "__connect.errors.exception.message=invalid");
    }

    @Test
    void send_wrappedCause_isUnwrapped() {
        sender.send(failed, "indexing", new ExecutionException(new IOException()));

        assertThat(texts(only().headers()))
                .contains(
                        "__connect.errors.exception.class.name=java.io.IOException",
                        "__connect.errors.exception.message=null");
    }

    @Test
    void send_rejectedByKafka_reportsTheUncompletedRecord() {
        DeadLetterSender failing = new DeadLetterSender("dead", Producers::failing);

        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(() -> failing.send(failed, "landing", new IOException("x")))
                .withMessage("Failed to write the dead letter of metric.all-2@42 to topic dead")
                .withCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void process_recordOfTheExchange_isSentWithItsException() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext(false)) {
            Exchange exchange = new DefaultExchange(camel);
            exchange.getExchangeExtension().setFromRouteId("server-metrics");
            exchange.setProperty(ConsumedRecord.PROPERTY, failed);
            exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new IOException("why"));
            exchange.getMessage().setBody("changed on the way");

            sender.process(exchange);
        }

        assertThat(only().value()).isEqualTo(failed.value());
        assertThat(texts(only().headers()))
                .contains("__connect.errors.connector.name=server-metrics", "__connect.errors.exception.message=why");
    }

    @Test
    void process_withoutASingleRecord_isRejected() throws Exception {
        List<RecordBatch> isolated = new ArrayList<>();
        RecordBatch batch = RecordBatches.isolating(
                List.of(Records.record(PARTITION, 42, "v"), Records.record(PARTITION, 43, "w")), isolated::add);
        try (DefaultCamelContext camel = new DefaultCamelContext(false)) {
            Exchange exchange = new DefaultExchange(camel);

            assertThatIllegalStateException().isThrownBy(() -> sender.process(exchange));
            exchange.setProperty(ConsumedRecord.PROPERTY, new ConsumerRecord<>("t", 0, 1, null, batch));
            exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new IOException("why"));
            assertThatIllegalStateException()
                    .isThrownBy(() -> sender.process(exchange))
                    .withMessageContainingAll("Batch metric.all-2@42..43 failed", "why");
        }
        assertThat(isolated).as("delivered again record by record").containsExactly(batch);
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void process_batchOfOneRecord_sendsItsDeadLetter() throws Exception {
        ConsumerRecord<byte[], ByteBuffer> failed = Records.record(PARTITION, 42, "v");
        try (DefaultCamelContext camel = new DefaultCamelContext(false)) {
            Exchange exchange = new DefaultExchange(camel);
            exchange.getExchangeExtension().setFromRouteId("server-metrics");
            exchange.setProperty(
                    ConsumedRecord.PROPERTY, new ConsumerRecord<>("t", 0, 42, null, RecordBatches.of(List.of(failed))));
            exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new IOException("why"));

            sender.process(exchange);
        }

        assertThat(only().value()).isEqualTo("v".getBytes(UTF_8));
        assertThat(texts(only().headers())).contains("__connect.errors.topic=metric.all", "__connect.errors.offset=42");
    }

    @Test
    void producer_isCreatedWithTheFirstDeadLetterAndClosedOnce() {
        sender.close();
        assertThat(made).hasValue(0);

        sender.send(failed, "landing", new IOException("x"));
        sender.send(failed, "landing", new IOException("x"));
        assertThat(made).hasValue(1);
        assertThat(producer.closed()).isFalse();

        sender.close();
        sender.close();
        assertThat(producer.closed()).isTrue();
    }

    private ProducerRecord<Object, Object> only() {
        assertThat(producer.history()).hasSize(1);
        return producer.history().get(0);
    }

    private static List<String> texts(Headers headers) {
        List<String> texts = new ArrayList<>();
        headers.forEach(header ->
                texts.add(header.key() + "=" + (header.value() == null ? "null" : new String(header.value(), UTF_8))));
        return texts;
    }
}
