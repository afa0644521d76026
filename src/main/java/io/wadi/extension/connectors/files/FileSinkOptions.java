package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.convert.Fields;
import io.wadi.extension.connectors.convert.Format;
import io.wadi.extension.connectors.convert.Transforms;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The options of the sinks of one endpoint.
 *
 * @param routeId the route, as dead letters name it
 * @param path of a partition's file, with {@code {topic}} and {@code {partition}}
 * @param lines makes records lines
 * @param deadLetters sends dead letters of records that cannot be lines
 * @param nanoTime the clock of the commit interval
 */
record FileSinkOptions(String routeId, String path, Lines lines, DeadLetterSender deadLetters, LongSupplier nanoTime) {

    /** Rejects a path that partitions would share. */
    static void check(String path) {
        if (!path.contains("{partition}")) {
            throw new IllegalArgumentException(
                    "file is \"%s\", allowed is a path with {partition}, such as /data/{topic}+{partition}.jsonl: each has its own"
                            .formatted(path));
        }
    }

    /** The file of a partition. */
    Path fileOf(TopicPartition partition) {
        return Path.of(path.replace("{topic}", partition.topic())
                .replace("{partition}", Integer.toString(partition.partition())));
    }

    /**
     * Converts records to lines.
     *
     * @param line what a line is; null where it is the value as it is
     * @param value what values are; null where that does not matter
     * @param transforms changes to the fields between
     */
    record Lines(Format line, Format value, Transforms transforms) {
        /**
         * The line of a record, without its end.
         *
         * @throws IllegalArgumentException where it cannot be one; the message says why
         */
        byte[] of(ConsumerRecord<byte[], ByteBuffer> consumed) {
            if (consumed.value() == null) {
                throw new IllegalArgumentException("no value (a tombstone); a line is a value");
            }
            byte[] made;
            if (line == null) {
                made = new byte[consumed.value().remaining()];
                consumed.value().get(consumed.value().position(), made);
            } else {
                Fields fields = value.read(consumed.value());
                transforms.apply(fields, Instant.ofEpochMilli(consumed.timestamp()));
                made = line.write(fields);
            }
            for (byte each : made) {
                if (each == '\n') {
                    throw new IllegalArgumentException(
                            "a line break in a line; with lines=json values are one line each");
                }
            }
            return made;
        }
    }
}
