package io.wadi.landing.format;

import java.util.Optional;
import java.util.stream.Stream;

/** What a landed file holds, told by its extension, which is also the format's name. */
public enum Format {
    /** One value a line, as it came. */
    JSONL("jsonl", false),
    /** The same, compressed by gzip. */
    JSONL_GZ("jsonl.gz", false),
    /** The same, compressed by zstd. */
    JSONL_ZST("jsonl.zst", false),
    /** Rows of a schema by columns. */
    PARQUET("parquet", true),
    /** Rows of a schema in an Avro object container file. */
    AVRO("avro", true);

    private final String extension;
    private final boolean hasSchema;

    Format(String extension, boolean hasSchema) {
        this.extension = extension;
        this.hasSchema = hasSchema;
    }

    /** The end of the name of such files, without a dot before it. */
    public String extension() {
        return extension;
    }

    /** Whether the values have to fit a schema. */
    boolean hasSchema() {
        return hasSchema;
    }

    /** Whether a value can be a line as it came: there is one, without a line break. */
    public static boolean isLine(byte[] value) {
        return value != null && Lines.LineBreak.in(value, 0, value.length) < 0;
    }

    /** The format with this extension; empty where there is none. */
    public static Optional<Format> of(String extension) {
        return Stream.of(values())
                .filter(format -> format.extension.equals(extension))
                .findFirst();
    }
}
