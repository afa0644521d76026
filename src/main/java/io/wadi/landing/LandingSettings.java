package io.wadi.landing;

import static io.wadi.runtime.config.Setting.choice;
import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.list;
import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.size;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.hdfs.HdfsFileStore;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import java.util.List;
import org.apache.hadoop.hdfs.client.HdfsClientConfigKeys;

/** The settings of landing in HDFS. */
public final class LandingSettings {
    /** HDFS's default. */
    private static final int BYTES_PER_CHECKSUM = HdfsClientConfigKeys.DFS_BYTES_PER_CHECKSUM_DEFAULT;

    public static final Setting<List<String>> TOPICS =
            list("wadi.landing.topics", "select-color", "Topics landed in HDFS.");
    public static final Setting<String> GROUP =
            text("wadi.landing.group", "wadi-landing", "Consumer group of landing.");
    public static final Setting<Long> CONSUMERS = number(
            "wadi.landing.consumers",
            "1",
            1,
            64,
            "Number of landing threads in this process; each is a group member with a share of the partitions, and"
                    + " threads beyond the number of partitions are idle.");
    public static final Setting<String> DIRECTORY = matching(
            "wadi.landing.directory",
            "/data",
            "/|(/[^/]+)+/?",
            "an absolute path such as /data",
            "HDFS directory of landed files.");
    public static final Setting<Long> ROLL_RECORDS = number(
            "wadi.landing.roll-records",
            "100000",
            1,
            100_000_000,
            "Number of records at which a partition's file is published.");
    public static final Setting<Long> ROLL_BYTES = size(
            "wadi.landing.roll-bytes", "128MiB", "1KiB", "64GiB", "Size at which a partition's file is published.");
    public static final Setting<String> TIME_BUCKETS = choice(
            "wadi.landing.time-buckets",
            "none",
            List.of("none", "day", "hour"),
            "Division of a partition's files into directories by time, in UTC.");
    public static final Setting<String> TIME_SOURCE = choice(
            "wadi.landing.time-source",
            "record",
            List.of("record", "landing"),
            "Time that selects the directory: the record's timestamp, or the time of landing.");
    public static final Setting<Long> BLOCK_SIZE = ofWholeChecksums(
            size("wadi.landing.block-size", "128MiB", "1MiB", "2GiB", "HDFS block size of landed files."));
    public static final Setting<String> FILE_GROUP = optional(
            "wadi.landing.file-group",
            "that of the directory above",
            "Group of landed files and new directories; empty: inherited from the parent directory.");
    public static final Setting<Long> MAX_POLL_RECORDS = number(
            "wadi.landing.max-poll-records",
            "5000",
            1,
            1_000_000,
            "Maximum number of records in one poll; landing is fastest if they fit into the processor's cache.");
    public static final Setting<String> FORMAT = choice(
            "wadi.landing.format",
            "jsonl",
            List.of("jsonl", "jsonl.gz", "jsonl.zst", "parquet", "avro"),
            "Format of landed files: one value per line, optionally compressed, or rows of a schema.");
    public static final Setting<Boolean> ENVELOPE = flag(
            "wadi.landing.envelope",
            "false",
            "Whether each value is written with its key, headers, timestamp, partition and offset.");
    public static final Setting<String> SCHEMA = text(
            "wadi.landing.schema",
            "schemas",
            "For parquet and avro: a schema file, or a directory with TOPIC.avsc or TOPIC.json; else the bundled ones.");
    public static final Setting<Boolean> IGNORE_UNKNOWN_FIELDS = flag(
            "wadi.landing.ignore-unknown-fields",
            "false",
            "Whether fields that are not in the schema are dropped, instead of rejecting their records.");
    public static final Setting<Long> COMPRESSION_LEVEL = number(
            "wadi.landing.compression-level",
            "3",
            1,
            19,
            "Compression level from 1 (fast) to 19 (small); for gzip and deflate up to 9.");
    public static final Setting<String> AVRO_CODEC = choice(
            "wadi.landing.avro-codec", "zstandard", List.of("null", "deflate", "zstandard"), "Codec of avro files.");
    public static final Setting<Long> ROW_GROUP_SIZE = size(
            "wadi.landing.row-group-size",
            "16MiB",
            "1MiB",
            "1GiB",
            "Size of a parquet row group; each open file buffers one on the heap.");
    public static final Setting<Long> HEALTH_MIN_HDFS_SPACE = size(
            "wadi.health.min-hdfs-space",
            "1GiB",
            "0B",
            "1024GiB",
            "Minimum remaining space in HDFS for a passing check.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(LandingSettings.class);

    private LandingSettings() {}

    /** HDFS rejects block sizes that are not a multiple of the number of bytes per checksum. */
    private static Setting<Long> ofWholeChecksums(Setting<Long> blockSize) {
        String multiple = ", a multiple of " + BYTES_PER_CHECKSUM + "B";
        return new Setting<>(
                blockSize.name(),
                blockSize.description(),
                blockSize.type(),
                blockSize.range() + multiple,
                blockSize.allowed() + multiple,
                blockSize.defaultText(),
                text -> {
                    long bytes = blockSize.parser().apply(text);
                    if (bytes % BYTES_PER_CHECKSUM != 0) {
                        throw new IllegalArgumentException(bytes + " B");
                    }
                    return bytes;
                },
                blockSize.choices());
    }

    /** Returns the options of landed files, for markers and health checks, which use the same. */
    static HdfsFileStore.FileOptions fileOptions(Settings settings) {
        return new HdfsFileStore.FileOptions(
                settings.get(WadiSettings.LANDING_REPLICATION).shortValue(),
                settings.get(BLOCK_SIZE),
                settings.get(FILE_GROUP));
    }
}
