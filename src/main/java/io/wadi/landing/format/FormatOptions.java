package io.wadi.landing.format;

import io.wadi.runtime.config.Units;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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

    /** Describes the options with other values than the default that the format does not use. */
    public List<String> withoutEffect() {
        List<String> found = new ArrayList<>();
        // The default is replaced by the directory of this name in the configuration directory.
        if (!format.hasSchema() && !Path.of(schema).endsWith(DEFAULT.schema)) {
            found.add(withoutEffect("schema", schema, DEFAULT.schema));
        }
        if (!format.hasSchema() && ignoreUnknownFields) {
            found.add(withoutEffect("ignoreUnknownFields", "true", "false"));
        }
        if (!isCompressed() && compressionLevel != DEFAULT.compressionLevel) {
            found.add(withoutEffect(
                    "compressionLevel",
                    Integer.toString(compressionLevel),
                    Integer.toString(DEFAULT.compressionLevel)));
        }
        if (format != Format.AVRO && avroCodec != DEFAULT.avroCodec) {
            found.add(withoutEffect("avroCodec", text(avroCodec), text(DEFAULT.avroCodec)));
        }
        if (format != Format.PARQUET && rowGroupBytes != DEFAULT.rowGroupBytes) {
            found.add(withoutEffect("rowGroup", Units.text(rowGroupBytes), Units.text(DEFAULT.rowGroupBytes)));
        }
        return found;
    }

    private static String text(AvroCodec codec) {
        return codec.name().toLowerCase(Locale.ROOT);
    }

    private boolean isCompressed() {
        return format != Format.JSONL && (format != Format.AVRO || avroCodec != AvroCodec.NULL);
    }

    private String withoutEffect(String option, String value, String defaultValue) {
        return "landing: %s=%s has no effect with format %s%s: expected the default, %s, or a format that uses it"
                .formatted(
                        option,
                        value,
                        format.extension(),
                        format == Format.AVRO && avroCodec == AvroCodec.NULL ? " and codec null" : "",
                        defaultValue);
    }
}
