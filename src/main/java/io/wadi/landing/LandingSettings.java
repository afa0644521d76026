package io.wadi.landing;

import static io.wadi.runtime.config.Setting.choice;
import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.list;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.size;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.util.List;

/** The settings of landing in HDFS. */
public final class LandingSettings {
    public static final Setting<List<String>> TOPICS =
            list("wadi.landing.topics", "select-color", "Topics whose records are landed in HDFS.");
    public static final Setting<String> GROUP =
            text("wadi.landing.group", "wadi-landing", "The consumer group of landing.");
    public static final Setting<String> DIRECTORY =
            text("wadi.landing.directory", "/data", "The directory in HDFS that landed files stand under.");
    public static final Setting<Long> ROLL_RECORDS = number(
            "wadi.landing.roll-records", "100000", 1, 100_000_000, "Publish a partition's file at this many records.");
    public static final Setting<Long> ROLL_BYTES =
            size("wadi.landing.roll-bytes", "128MiB", "1KiB", "64GiB", "Publish a partition's file at this size.");
    public static final Setting<String> TIME_BUCKETS = choice(
            "wadi.landing.time-buckets",
            "none",
            List.of("none", "day", "hour"),
            "Whether a partition's files stand in directories by time, in UTC.");
    public static final Setting<String> TIME_SOURCE = choice(
            "wadi.landing.time-source",
            "record",
            List.of("record", "landing"),
            "Whose time that is: the record's timestamp, or when it is landed.");
    public static final Setting<Long> BLOCK_SIZE =
            size("wadi.landing.block-size", "128MiB", "1MiB", "2GiB", "The size of a landed file's blocks.");
    public static final Setting<String> FILE_GROUP = optional(
            "wadi.landing.file-group",
            "that of the directory above",
            "The group of landed files and of the directories made for them; empty: that of the directory above.");
    public static final Setting<Long> MAX_POLL_RECORDS = number(
            "wadi.landing.max-poll-records",
            "5000",
            1,
            1_000_000,
            "Records taken from Kafka at a time; what one poll takes should fit the processor's cache.");
    public static final Setting<String> FORMAT = choice(
            "wadi.landing.format",
            "jsonl",
            List.of("jsonl", "jsonl.gz", "jsonl.zst", "parquet", "avro"),
            "What landed files hold: a value a line, also compressed, or rows of a schema.");
    public static final Setting<Boolean> ENVELOPE = flag(
            "wadi.landing.envelope",
            "false",
            "Whether each value stands within its key, headers, timestamp, partition and offset.");
    public static final Setting<String> SCHEMA = text(
            "wadi.landing.schema",
            "schemas",
            "For parquet and avro: a schema's file, or a directory with TOPIC.avsc or TOPIC.json; or the jar's own.");
    public static final Setting<Boolean> IGNORE_UNKNOWN_FIELDS = flag(
            "wadi.landing.ignore-unknown-fields",
            "false",
            "Whether fields that the schema does not have are left out, instead of refusing their records.");
    public static final Setting<Long> COMPRESSION_LEVEL = number(
            "wadi.landing.compression-level",
            "3",
            1,
            19,
            "Compression from fast to small; of gzip and deflate up to 9.");
    public static final Setting<String> AVRO_CODEC = choice(
            "wadi.landing.avro-codec",
            "zstandard",
            List.of("null", "deflate", "zstandard"),
            "How avro files are compressed.");
    public static final Setting<Long> ROW_GROUP = size(
            "wadi.landing.row-group",
            "16MiB",
            "1MiB",
            "1GiB",
            "Rows that parquet writes together; so much heap is held for each open file.");
    public static final Setting<Long> HEALTH_MIN_HDFS_SPACE =
            size("wadi.health.min-hdfs-space", "1GiB", "0B", "1024GiB", "Less space than this in HDFS is a fault.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(
            TOPICS,
            GROUP,
            DIRECTORY,
            ROLL_RECORDS,
            ROLL_BYTES,
            TIME_BUCKETS,
            TIME_SOURCE,
            BLOCK_SIZE,
            FILE_GROUP,
            MAX_POLL_RECORDS,
            FORMAT,
            ENVELOPE,
            SCHEMA,
            IGNORE_UNKNOWN_FIELDS,
            COMPRESSION_LEVEL,
            AVRO_CODEC,
            ROW_GROUP,
            HEALTH_MIN_HDFS_SPACE);

    private LandingSettings() {}
}
