package io.wadi.landing.format;

/**
 * The options of the files' format.
 *
 * @param format the format
 * @param envelope whether a record is written with its Kafka metadata around its value
 * @param schema for formats with a schema: its file, or a directory with {@code <topic>.avsc} or {@code <topic>.json};
 *    read from the class path if there is no such file
 * @param ignoreUnknownFields whether fields that are not in the schema are dropped; otherwise their records are
 *    rejected
 * @param compressionLevel from 1 (fast) to 19 (small), for gzip and deflate up to 9
 * @param avroCodec of Avro files
 * @param rowGroupBytes of Parquet files: each open file buffers one row group in memory
 */
public record FormatOptions(
        Format format,
        boolean envelope,
        String schema,
        boolean ignoreUnknownFields,
        int compressionLevel,
        AvroCodec avroCodec,
        long rowGroupBytes) {
    public static final FormatOptions DEFAULT =
            new FormatOptions(Format.JSONL, false, "schemas", false, 3, AvroCodec.ZSTANDARD, 16 << 20);

    /** The codec of Avro blocks, with the name used in the file. */
    public enum AvroCodec {
        /** No compression. */
        NULL,
        /** Supported by all Avro readers. */
        DEFLATE,
        /** Smaller and faster. */
        ZSTANDARD
    }
}
