package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.convert.SinkConversion;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.Converter;

/**
 * The options of the sinks of one endpoint.
 *
 * @param path the path of a partition's file, with {@code {topic}} and {@code {partition}}
 * @param lines the converter of lines; null if a line is the unchanged value
 * @param conversion the conversion of records; not used if a line is the unchanged value
 */
record FileSinkOptions(String path, Converter lines, SinkConversion conversion) {
    /** Rejects a path that several partitions would share. */
    FileSinkOptions {
        if (!path.contains("{partition}")) {
            throw new IllegalArgumentException(
                    "file is \"%s\", expected a path with {partition}, such as /data/{topic}+{partition}.jsonl"
                            .formatted(path));
        }
    }

    Path fileOf(TopicPartition partition) {
        return Path.of(path.replace("{topic}", partition.topic())
                .replace("{partition}", Integer.toString(partition.partition())));
    }

    /**
     * Returns the line of a record, without a line break; null if a transformation drops the record.
     *
     * @throws IllegalArgumentException if the record cannot be a line; the message has the reason
     */
    byte[] line(ConsumerRecord<byte[], ByteBuffer> consumed) {
        SinkRecord record = lines == null ? null : conversion.convert(consumed);
        if (lines != null && record == null) {
            return null;
        }
        if ((lines == null ? consumed.value() : record.value()) == null) {
            throw new IllegalArgumentException("found no value (a tombstone); a line requires a value");
        }
        byte[] text = lines == null
                ? Utils.toArray(consumed.value().duplicate())
                : lines.fromConnectData(record.topic(), record.valueSchema(), record.value());
        for (byte each : text) {
            if (each == '\n') {
                throw new IllegalArgumentException("found a line break; with lines=json each value is one line");
            }
        }
        return text;
    }
}
