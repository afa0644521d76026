package io.wadi.landing.format;

import io.wadi.format.Bytes;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The format of a landed file, named by the file extension. */
public enum Format {
    /** One line per record: its unchanged value, or its envelope. */
    JSONL("jsonl", false),
    /** Lines compressed with gzip. */
    JSONL_GZ("jsonl.gz", false),
    /** Lines compressed with zstd. */
    JSONL_ZST("jsonl.zst", false),
    /** Rows of a schema, stored by column. */
    PARQUET("parquet", true),
    /** Rows of a schema in an Avro object container file. */
    AVRO("avro", true);

    private final String extension;
    private final boolean hasSchema;

    Format(String extension, boolean hasSchema) {
        this.extension = extension;
        this.hasSchema = hasSchema;
    }

    public String extension() {
        return extension;
    }

    boolean hasSchema() {
        return hasSchema;
    }

    /**
     * Returns whether landing writes a record's value as a line: it is not null, has no line break, and does not begin
     * like an envelope.
     */
    public static boolean isLine(ConsumerRecord<byte[], byte[]> consumed) {
        byte[] value = consumed.value();
        return value != null
                && Bytes.indexOf(value, 0, value.length, (byte) '\n') < 0
                && LandedLine.offset(ByteBuffer.wrap(value), consumed.topic(), consumed.partition()) < 0;
    }

    /** Returns the format with this extension; empty if there is none. */
    public static Optional<Format> of(String extension) {
        return Stream.of(values())
                .filter(format -> format.extension.equals(extension))
                .findFirst();
    }
}
