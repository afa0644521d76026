package io.wadi.kafka.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.deadletter.DeadLetterSender;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

class RejectedRecordTest {
    private static final int MAX_BYTES = 32 << 20;

    private final MockProducer<Object, Object> producer = new MockProducer<>(
            true, new RoundRobinPartitioner(), (topic, data) -> new byte[0], (topic, data) -> new byte[0]);
    private final DeadLetterSender deadLetters = new DeadLetterSender("dead-letters", () -> producer);
    private final List<Record<byte[], byte[]>> inTransaction = new ArrayList<>();

    private void write(byte[] key, byte[] value, Headers headers) {
        MockProcessorContext<byte[], byte[]> task = new MockProcessorContext<>();
        task.setRecordMetadata("in", 1, 7);
        task.setCurrentSystemTimeMs(5);
        RejectedRecord.write(
                deadLetters,
                "route",
                task,
                new Record<>(key, value, 0, headers),
                new IllegalArgumentException("invalid"),
                inTransaction::add);
    }

    @Test
    void deadLetter_isWrittenInTheTransaction() {
        byte[] value = new byte[MAX_BYTES];

        write(null, value, new RecordHeaders());

        assertThat(inTransaction).singleElement().satisfies(deadLetter -> {
            assertThat(deadLetter.value()).isSameAs(value);
            assertThat(deadLetter.timestamp()).isEqualTo(5);
        });
        assertThat(producer.history()).isEmpty();
    }

    /** The task's producer would reject it at every attempt: one small compressed record would stop the topology. */
    @Test
    void deadLetterBeyondTheLimitOfTheTasksProducer_isSentOutsideOfTheTransaction() {
        byte[] value = new byte[MAX_BYTES - 1000];

        write(new byte[500], value, new RecordHeaders().add("header", new byte[501]));

        assertThat(inTransaction).isEmpty();
        assertThat(producer.history()).singleElement().satisfies(deadLetter -> {
            assertThat(deadLetter.value()).isSameAs(value);
            assertThat(header(deadLetter, "offset")).isEqualTo("7");
            assertThat(header(deadLetter, "exception.message")).isEqualTo("invalid");
        });
    }

    private static String header(ProducerRecord<?, ?> deadLetter, String name) {
        return new String(
                deadLetter.headers().lastHeader("__connect.errors." + name).value());
    }
}
