package io.wadi.kafka.streams;

import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.records.HeldBytes;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** A record that a processor of a topology rejects. */
public final class RejectedRecord {
    /** The dead letter of a larger record may have more than {@link StreamsFlow#MAX_REQUEST_BYTES}. */
    private static final long MAX_BYTES = 32 << 20;

    private RejectedRecord() {}

    /**
     * Writes the dead letter of a record: with a sink of the dead-letter topic, in the task's transaction. If the task's
     * producer may not accept it for its size, it is sent outside of the transaction, and sent again if that is repeated.
     *
     * @param task the context of the task, with the location of the rejected record
     * @param rejected the record, with its key and value as bytes
     * @param sink receives the dead letter for the sink, with the current time as its timestamp
     */
    public static void write(
            DeadLetterSender deadLetters,
            String route,
            ProcessingContext task,
            Record<?, ?> rejected,
            Exception why,
            Consumer<Record<byte[], byte[]>> sink) {
        RecordMetadata at = task.recordMetadata().orElseThrow();
        ConsumerRecord<?, ?> failed = new ConsumerRecord<>(
                at.topic(),
                at.partition(),
                at.offset(),
                rejected.timestamp(),
                TimestampType.CREATE_TIME,
                -1,
                -1,
                rejected.key(),
                rejected.value(),
                rejected.headers(),
                Optional.empty());
        if (HeldBytes.of(failed.key(), failed.headers()) + HeldBytes.length(failed.value()) > MAX_BYTES) {
            deadLetters.send(failed, route, why);
        } else {
            // No topology reads the dead-letter topic.
            sink.accept(record(deadLetters.deadLetter(failed, route, why).orElseThrow(), task));
        }
    }

    /** Converts a dead letter to a record of a topology, with the current time as its timestamp. */
    public static Record<byte[], byte[]> record(ProducerRecord<Object, Object> deadLetter, ProcessingContext task) {
        return new Record<>(
                (byte[]) deadLetter.key(),
                (byte[]) deadLetter.value(),
                task.currentSystemTimeMs(),
                deadLetter.headers());
    }
}
