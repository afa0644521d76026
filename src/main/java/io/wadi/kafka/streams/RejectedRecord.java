package io.wadi.kafka.streams;

import io.wadi.kafka.deadletter.DeadLetterSender;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** A record that a processor of a topology rejects. */
public final class RejectedRecord {
    private RejectedRecord() {}

    /**
     * Returns the dead letter, with the current time as its timestamp. The sink of the dead-letter topic writes it in
     * the task's transaction.
     *
     * @param task the context of the task, with the location of the rejected record
     * @param rejected the record, with its key and value as bytes
     */
    public static Record<byte[], byte[]> deadLetter(
            DeadLetterSender deadLetters, String route, ProcessingContext task, Record<?, ?> rejected, Exception why) {
        RecordMetadata at = task.recordMetadata().orElseThrow();
        ProducerRecord<Object, Object> deadLetter = deadLetters
                .deadLetter(
                        new ConsumerRecord<>(
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
                                Optional.empty()),
                        route,
                        why)
                .orElseThrow(); // No topology reads the dead-letter topic.
        return record(deadLetter, task);
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
