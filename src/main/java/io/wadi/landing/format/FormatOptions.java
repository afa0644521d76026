package io.wadi.landing.format;

/**
 * What can be chosen of the files' format.
 *
 * @param format the format
 * @param envelope whether a record is written with Kafka's fields around its value
 * @param schema for formats with a schema: its file, or a directory with {@code <topic>.avsc} or {@code <topic>.json}; read
 *     from the class path where there is no such file
 * @param ignoreUnknownFields whether fields that the schema does not have are left out; otherwise their records are refused
 * @param compressionLevel from 1 (fast) to 19 (small), of gzip and deflate to 9
 * @param avroCodec of Avro files
 * @param rowGroupBytes of Parquet files: so much is held in memory for each open file
 */
public record FormatOptions(
        Format format,
        boolean envelope,
        String schema,
        boolean ignoreUnknownFields,
        int compressionLevel,
        AvroCodec avroCodec,
        long rowGroupBytes) {
    /** What is not chosen. */
    public static final FormatOptions DEFAULT =
            new FormatOptions(Format.JSONL, false, "schemas", false, 3, AvroCodec.ZSTANDARD, 16 << 20);

    /** How the blocks of an Avro file are compressed; named as in the file. */
    public enum AvroCodec {
        /** Not at all. */
        NULL,
        /** Read by everything that reads Avro. */
        DEFLATE,
        /** Smaller and faster. */
        ZSTANDARD
    }
}
