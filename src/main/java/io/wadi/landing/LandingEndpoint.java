package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.TopicIdentities;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.TimeBuckets;
import io.wadi.landing.format.Encodings;
import io.wadi.landing.format.Format;
import io.wadi.landing.format.FormatOptions;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.WadiSettings;
import java.time.Instant;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultEndpoint;

/**
 * An endpoint with the directory, format and roll policy of landed files. Its message body is a {@link
 * io.wadi.kafka.RecordBatch}.
 */
public final class LandingEndpoint extends DefaultEndpoint {
    private final LandingComponent landing;
    private final String directory;
    private long rollRecords = 100_000;
    private String rollBytes = "128MiB";
    private String rollEvery = "5m";
    private short replication = 3;
    private TimeBuckets timeBuckets = TimeBuckets.NONE;
    private LandingTime timeOf = LandingTime.RECORD;
    private String format = FormatOptions.DEFAULT.format().extension();
    private boolean envelope = FormatOptions.DEFAULT.envelope();
    private String schema = FormatOptions.DEFAULT.schema();
    private boolean ignoreUnknownFields = FormatOptions.DEFAULT.ignoreUnknownFields();
    private int compressionLevel = FormatOptions.DEFAULT.compressionLevel();
    private FormatOptions.AvroCodec avroCodec = FormatOptions.DEFAULT.avroCodec();
    private String rowGroup = "16MiB";
    private String topics = "";
    private String blockSize = "128MiB";
    private String fileGroup = "";

    LandingEndpoint(String uri, LandingComponent component, String directory) {
        super(uri, component);
        this.landing = component;
        this.directory = directory.startsWith("/") ? directory : "/" + directory;
    }

    /** Number of records at which a file is published. */
    public void setRollRecords(long rollRecords) {
        this.rollRecords = rollRecords;
    }

    /** Size at which a file is published, such as {@code 128MiB}. */
    public void setRollBytes(String rollBytes) {
        this.rollBytes = rollBytes;
    }

    /** Time after its first record at which a file is published, such as {@code 5m}. */
    public void setRollEvery(String rollEvery) {
        this.rollEvery = rollEvery;
    }

    /** Number of DataNodes that store each block. */
    public void setReplication(short replication) {
        this.replication = replication;
    }

    /** Division of files into directories by time, in UTC: {@code none}, {@code day} or {@code hour}. */
    public void setTimeBuckets(String timeBuckets) {
        this.timeBuckets = Units.choice(TimeBuckets.class, timeBuckets);
    }

    /** Time that selects the directory: the {@code record}'s timestamp, or the time of {@code landing}. */
    public void setTimeOf(String timeOf) {
        this.timeOf = Units.choice(LandingTime.class, timeOf);
    }

    /** File format: {@code jsonl}, {@code jsonl.gz}, {@code jsonl.zst}, {@code parquet} or {@code avro}. */
    public void setFormat(String format) {
        this.format = format;
    }

    /** Whether to write Kafka's key, headers, timestamp, partition and offset around each value. */
    public void setEnvelope(boolean envelope) {
        this.envelope = envelope;
    }

    /** Schema for parquet and avro: a file, or a directory with {@code <topic>.avsc} or {@code <topic>.json}. */
    public void setSchema(String schema) {
        this.schema = schema;
    }

    /** Whether to drop fields that are not in the schema, instead of rejecting their records. */
    public void setIgnoreUnknownFields(boolean ignoreUnknownFields) {
        this.ignoreUnknownFields = ignoreUnknownFields;
    }

    /** Compression level from 1 (fast) to 19 (small); for gzip and deflate up to 9. */
    public void setCompressionLevel(int compressionLevel) {
        this.compressionLevel = compressionLevel;
    }

    /** Codec of Avro blocks: {@code null}, {@code deflate} or {@code zstandard}. */
    public void setAvroCodec(FormatOptions.AvroCodec avroCodec) {
        this.avroCodec = avroCodec;
    }

    /** Size of a row group in Parquet files, such as {@code 16MiB}; each open file buffers one in memory. */
    public void setRowGroup(String rowGroup) {
        this.rowGroup = rowGroup;
    }

    /** Topics that land here, separated by commas; their schemas are read at start. */
    public void setTopics(String topics) {
        this.topics = topics;
    }

    /** HDFS block size of the files, such as {@code 128MiB}. */
    public void setBlockSize(String blockSize) {
        this.blockSize = blockSize;
    }

    /** Group of files and new directories; empty: inherited from the parent directory. */
    public void setFileGroup(String fileGroup) {
        this.fileGroup = fileGroup;
    }

    Layout layout() {
        return new Layout(directory, timeBuckets);
    }

    /** Returns whether the records' own timestamps select their directories. */
    boolean isByRecordTime() {
        return timeOf == LandingTime.RECORD;
    }

    @Override
    public Producer createProducer() throws Exception {
        if (timeBuckets == TimeBuckets.NONE && !isByRecordTime()) {
            throw new IllegalArgumentException(
                    "landing: timeOf=landing has no effect without timeBuckets: expected timeBuckets=day or hour, or the"
                            + " default, timeOf=record");
        }
        Encodings encodings = encodings();
        RollPolicy rollPolicy = new RollPolicy(
                inRange("rollRecords", rollRecords, LandingSettings.ROLL_RECORDS),
                inRange("rollBytes", rollBytes, LandingSettings.ROLL_BYTES),
                inRange("rollEvery", rollEvery, WadiSettings.LANDING_ROLL_INTERVAL));
        DeadLetterSender deadLetters =
                CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), DeadLetterSender.class);
        TopicIdentities identities =
                CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), TopicIdentities.class);
        FileStore store = landing.fileStore(new HdfsFileStore.FileOptions(
                inRange("replication", replication, WadiSettings.LANDING_REPLICATION)
                        .shortValue(),
                inRange("blockSize", blockSize, LandingSettings.BLOCK_SIZE),
                fileGroup));
        Instant since = Instant.now();
        return new LandingProducer(
                this,
                (topic, routeId) -> new LandingConfiguration(
                        store,
                        layout(),
                        identities::of,
                        encodings.of(topic),
                        rollPolicy,
                        timeOf::millis,
                        landing::publish,
                        (rejected, cause) -> deadLetters.begin(rejected, routeId, cause),
                        System::nanoTime,
                        since));
    }

    private Encodings encodings() {
        FormatOptions options = new FormatOptions(
                Format.of(format)
                        .orElseThrow(() -> new IllegalArgumentException("landing: invalid format '" + format
                                + "': expected jsonl, jsonl.gz, jsonl.zst, parquet or avro")),
                envelope,
                schema,
                ignoreUnknownFields,
                compressionLevel,
                avroCodec,
                inRange("rowGroup", rowGroup, LandingSettings.ROW_GROUP_SIZE));
        if (!options.withoutEffect().isEmpty()) {
            throw new SettingsException(options.withoutEffect());
        }
        return new Encodings(options, Units.list(topics));
    }

    /** Parses an option's value, which must be in the range of its setting. */
    private static <T> T inRange(String option, Object value, Setting<T> setting) {
        try {
            return setting.parser().apply(value.toString());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "landing: invalid value '%s' for %s: expected %s".formatted(value, option, setting.allowed()), e);
        }
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("landing: supports producers only");
    }
}
