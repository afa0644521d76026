package io.wadi.landing;

import io.wadi.hdfs.HdfsFileStore;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.TopicIdentities;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.TimeBuckets;
import io.wadi.landing.format.Encodings;
import io.wadi.landing.format.Format;
import io.wadi.landing.format.FormatOptions;
import io.wadi.runtime.config.Units;
import java.util.stream.Stream;
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

    /** Publish a file at this many records. */
    public void setRollRecords(long rollRecords) {
        this.rollRecords = rollRecords;
    }

    /** Publish a file at this size, such as {@code 128MiB}. */
    public void setRollBytes(String rollBytes) {
        this.rollBytes = rollBytes;
    }

    /** Publish a file this long after its first record was written, such as {@code 5m}. */
    public void setRollEvery(String rollEvery) {
        this.rollEvery = rollEvery;
    }

    /** How many DataNodes hold each block. */
    public void setReplication(short replication) {
        this.replication = replication;
    }

    /** Whether files stand in directories by time: {@code none}, {@code day} or {@code hour}, in UTC. */
    public void setTimeBuckets(String timeBuckets) {
        this.timeBuckets = Units.choice(TimeBuckets.class, timeBuckets);
    }

    /** Whose time that is: the {@code record}'s, as Kafka has it, or that of its {@code landing}. */
    public void setTimeOf(String timeOf) {
        this.timeOf = Units.choice(LandingTime.class, timeOf);
    }

    /** What the files hold: {@code jsonl}, {@code jsonl.gz}, {@code jsonl.zst}, {@code parquet} or {@code avro}. */
    public void setFormat(String format) {
        this.format = format;
    }

    /** Write Kafka's key, headers, timestamp, partition and offset around each value. */
    public void setEnvelope(boolean envelope) {
        this.envelope = envelope;
    }

    /** The schema for parquet and avro: a file, or a directory with {@code <topic>.avsc} or {@code <topic>.json}. */
    public void setSchema(String schema) {
        this.schema = schema;
    }

    /** Leave out fields that the schema does not have, instead of refusing their records. */
    public void setIgnoreUnknownFields(boolean ignoreUnknownFields) {
        this.ignoreUnknownFields = ignoreUnknownFields;
    }

    /** From 1 (fast) to 19 (small), of gzip and deflate to 9. */
    public void setCompressionLevel(int compressionLevel) {
        this.compressionLevel = compressionLevel;
    }

    /** How the blocks of Avro files are compressed: {@code null}, {@code deflate} or {@code zstandard}. */
    public void setAvroCodec(FormatOptions.AvroCodec avroCodec) {
        this.avroCodec = avroCodec;
    }

    /** The size of a row group in Parquet files, such as {@code 16MiB}; so much is held in memory for each open file. */
    public void setRowGroup(String rowGroup) {
        this.rowGroup = rowGroup;
    }

    /** The topics that land here, separated by commas: their schemas are read at start. */
    public void setTopics(String topics) {
        this.topics = topics;
    }

    /** The size of a file's blocks, such as {@code 128MiB}. */
    public void setBlockSize(String blockSize) {
        this.blockSize = blockSize;
    }

    /** The group of files and of the directories made for them; empty: that of the directory above. */
    public void setFileGroup(String fileGroup) {
        this.fileGroup = fileGroup;
    }

    @Override
    public Producer createProducer() throws Exception {
        Encodings encodings = encodings();
        RollPolicy rollPolicy = new RollPolicy(rollRecords, Units.bytes(rollBytes), Units.duration(rollEvery));
        DeadLetterSender deadLetters =
                CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), DeadLetterSender.class);
        TopicIdentities identities =
                CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), TopicIdentities.class);
        return new LandingProducer(
                this,
                landing.fileStore(new HdfsFileStore.FileOptions(replication, Units.bytes(blockSize), fileGroup)),
                new Layout(directory, timeBuckets),
                identities::of,
                encodings,
                rollPolicy,
                timeOf::millis,
                landing::publish,
                deadLetters);
    }

    private Encodings encodings() {
        FormatOptions options = new FormatOptions(
                Format.of(format)
                        .orElseThrow(() -> new IllegalArgumentException("landing: there is no format " + format)),
                envelope,
                schema,
                ignoreUnknownFields,
                compressionLevel,
                avroCodec,
                Units.bytes(rowGroup));
        return new Encodings(
                options,
                Stream.of(topics.split(","))
                        .map(String::strip)
                        .filter(topic -> !topic.isEmpty())
                        .toList());
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("landing: can be sent to, not consumed from");
    }
}
