package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.LoneGroup;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RecordBatches;
import io.wadi.kafka.Records;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.landing.format.Encoding;
import io.wadi.landing.format.Encodings;
import io.wadi.landing.format.FormatOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A partition to be landed in an in-memory file system, with the committed offset of its group. */
final class PartitionInMemory {
    static final TopicPartition PARTITION = new TopicPartition("select-color", 1);
    static final Layout LAYOUT = new Layout("/data");
    static final String VISIBLE = LAYOUT.visible(PARTITION) + "/";
    static final String OWNERS = LAYOUT.owners(PARTITION);
    static final Encoding LINES = new Encodings(FormatOptions.DEFAULT, List.of()).of("select-color");
    static final RollPolicy NEVER = new RollPolicy(1_000_000, 1L << 40, Duration.ofDays(1));

    private final MemoryFileStore store = new MemoryFileStore();
    private final List<String> rejected = new ArrayList<>();
    private final Group group = new Group();

    /** The value of the landing clock. */
    long nanos = Long.MAX_VALUE - 10; // System.nanoTime() may overflow

    /** Receives records that cannot be written in the format. */
    LandingConfiguration.Rejections rejections = (record, cause) -> {
        rejected.add(record.offset() + " " + cause.getMessage());
        return () -> {};
    };

    /** The topic's id in Kafka; none by default. */
    LandingConfiguration.Identities identities = topic -> Optional.empty();

    /** The start time of the endpoint; by default later than all files. */
    Instant since = Instant.MAX;

    /** Publishes files; by default synchronously. */
    LandingConfiguration.Publisher publisher = Turns::atOnce;

    /** The group's offset in Kafka; commits fail if {@code failsCommits} is set. */
    static final class Group extends LoneGroup {
        Committed committed = Committed.NONE;
        boolean failsCommits;
        boolean manual;
        Map<TopicPartition, Committed> others = Map.of();

        void set(long offset) {
            committed = new Committed(offset, "");
        }

        @Override
        public Committed read() {
            return committed;
        }

        @Override
        public Map<TopicPartition, Committed> readOthers() {
            return others;
        }

        @Override
        public boolean isExclusive() {
            return !manual;
        }

        @Override
        public boolean commit(Committed requested) {
            if (!failsCommits) {
                committed = requested;
            }
            return !failsCommits;
        }
    }

    MemoryFileStore store() {
        return store;
    }

    Group group() {
        return group;
    }

    /** Returns the rejected records, each with its offset and cause. */
    List<String> rejected() {
        return rejected;
    }

    /** Opens the partition for this object's group, with its first batch. */
    PartitionLander open(RollPolicy rollPolicy, RecordBatch batch) {
        return open(rollPolicy, LAYOUT, batch);
    }

    PartitionLander open(RollPolicy rollPolicy, Layout layout, RecordBatch batch) {
        return open(LINES, rollPolicy, layout, batch);
    }

    PartitionLander open(Encoding encoding, RollPolicy rollPolicy, Layout layout, RecordBatch batch) {
        return openAsIs(encoding, rollPolicy, layout, RecordBatches.of(batch.records(), batch.from(), group));
    }

    /** Opens the partition for the group of the batch. */
    PartitionLander openAsIs(RecordBatch batch) {
        return openAsIs(LINES, NEVER, LAYOUT, batch);
    }

    private PartitionLander openAsIs(Encoding encoding, RollPolicy rollPolicy, Layout layout, RecordBatch batch) {
        return PartitionLander.open(
                batch,
                new LandingConfiguration(
                        store,
                        layout,
                        identities,
                        encoding,
                        rollPolicy,
                        ConsumerRecord::timestamp,
                        publisher,
                        rejections,
                        () -> nanos,
                        since));
    }

    /** Returns a batch of records with the values v&lt;offset&gt;. */
    static RecordBatch batch(long... offsets) {
        return batchFrom(offsets[0], offsets);
    }

    /** Returns the same batch, read from an earlier offset. */
    static RecordBatch batchFrom(long from, long... offsets) {
        return RecordBatches.of(
                LongStream.of(offsets)
                        .mapToObj(offset -> Records.record(PARTITION, offset, "v" + offset))
                        .toList(),
                from,
                null);
    }

    /** Returns the visible files in order, each with its range and values. */
    List<String> landed() {
        return files().map(file -> "%d-%d %s".formatted(file.first(), file.last(), values(file)))
                .toList();
    }

    /** Returns the ranges of the visible files in order, separated by spaces. */
    String ranges() {
        return String.join(
                " ", files().map(file -> file.first() + "-" + file.last()).toList());
    }

    private String values(LandedFile file) {
        String content = new String(store.read(LAYOUT.visible(file, "")), UTF_8);
        assertThat(content).matches("(.+\n)*");
        return content.strip().replace('\n', ' ');
    }

    /** Returns the visible files in order. */
    Stream<LandedFile> files() {
        return store.paths().stream()
                .filter(path -> path.startsWith(VISIBLE))
                .map(path -> LandedFile.parse(path.substring(VISIBLE.length())).orElseThrow())
                .sorted(LandedFile.BY_OFFSET);
    }

    /** Returns the owner directories of the partition, current and former. */
    List<String> owners() {
        try {
            return store.list(OWNERS).stream().map(FileStore.Entry::name).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
