package io.wadi.landing;

import static io.wadi.landing.PartitionInMemory.LAYOUT;
import static io.wadi.landing.PartitionInMemory.NEVER;
import static io.wadi.landing.PartitionInMemory.PARTITION;
import static io.wadi.landing.PartitionInMemory.VISIBLE;
import static io.wadi.landing.PartitionInMemory.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.RecordBatches;
import io.wadi.kafka.Records;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.TimeBuckets;
import io.wadi.landing.format.Encoding;
import io.wadi.landing.format.Encodings;
import io.wadi.landing.format.Format;
import io.wadi.landing.format.FormatOptions;
import io.wadi.local.soak.LandedContent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The content of files of each format. */
final class PartitionLanderFormatTest {
    private final PartitionInMemory partition = new PartitionInMemory();
    private final MemoryFileStore store = partition.store();

    @ParameterizedTest
    @EnumSource
    void format_rejectedRecordsAreCovered_andTheNameHasTheExtension(Format format) {
        PartitionLander lander = open(format, NEVER);

        lander.append(RecordBatches.of(List.of(
                Records.record(PARTITION, 0, null),
                Records.record(PARTITION, 1, "{\"v\":\"a\"}"),
                Records.record(PARTITION, 4, "{\"v\":\n\"b\",}"))));
        lander.finish();

        LandedFile file = new LandedFile(PARTITION, 0, 4, format);
        assertThat(partition.files()).containsExactly(file);
        assertThat(LandedContent.lines(format.extension(), store.read(LAYOUT.visible(file, ""))))
                .containsExactly("{\"v\":\"a\"}");
        assertThat(partition.rejected()).hasSize(2);
        assertThat(lander.safe()).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void format_onlyRejectedRecords_areCoveredByAnEmptyFile(Format format) {
        PartitionLander lander = open(format, NEVER);

        lander.append(RecordBatches.of(List.of(Records.record(PARTITION, 0, null))));
        lander.finish();

        LandedFile file = new LandedFile(PARTITION, 0, 0, format);
        assertThat(LandedContent.lines(format.extension(), store.read(LAYOUT.visible(file, ""))))
                .isEmpty();
        assertThat(lander.safe()).isEqualTo(1);
    }

    /** One after the other, each would wait for Kafka's acknowledgement. */
    @Test
    void append_rejectedRecords_areAcknowledgedTogether_beforeAFileCoversThem() {
        List<Long> begun = new ArrayList<>();
        List<Long> acknowledged = new ArrayList<>();
        partition.rejections = (record, cause) -> {
            begun.add(record.offset());
            return () -> {
                assertThat(begun).hasSize(acknowledged.size() < 100 ? 100 : 150);
                assertThat(partition.ranges()).isEqualTo(acknowledged.size() < 100 ? "" : "0-100");
                acknowledged.add(record.offset());
            };
        };
        PartitionLander lander = open(Format.JSONL, new RollPolicy(1, 1L << 40, Duration.ofDays(1)));

        lander.append(RecordBatches.of(LongStream.rangeClosed(0, 150)
                .mapToObj(offset -> Records.record(PARTITION, offset, offset == 100 ? "{}" : null))
                .toList()));

        assertThat(acknowledged).hasSize(150).isEqualTo(begun);
    }

    @ParameterizedTest
    @EnumSource(names = {"JSONL_GZ", "JSONL_ZST", "AVRO"})
    void format_compressed_countsCompressedBytes(Format format) {
        PartitionLander lander = open(format, new RollPolicy(1_000_000, 2 << 20, Duration.ofDays(1)));
        Random random = new Random(9);

        for (int offset = 0; offset < 8_000; offset++) {
            String value = Long.toHexString(random.nextLong()).repeat(64);
            lander.append(RecordBatches.of(List.of(Records.record(PARTITION, offset, "{\"v\":\"" + value + "\"}"))));
        }

        assertThat(partition.files())
                .as("8 MiB of lines are not a file of 2 MiB yet")
                .isEmpty();
        lander.finish();
        LandedFile file = new LandedFile(PARTITION, 0, 7_999, format);
        assertThat(store.read(LAYOUT.visible(file, "")).length).isLessThan(1 << 20);
    }

    @ParameterizedTest
    @EnumSource
    void format_bytesLimit_isKeptApproximately(Format format) {
        long limit = 1 << 20;
        PartitionLander lander = open(format, new RollPolicy(1_000_000, limit, Duration.ofDays(1)));
        Random random = new Random(5);

        for (int offset = 0; offset < 4_000; offset++) {
            StringBuilder value = new StringBuilder();
            random.ints(1_000, '0', 'z').filter(c -> c != '\\').forEach(c -> value.append((char) c));
            lander.append(RecordBatches.of(List.of(Records.record(PARTITION, offset, "{\"v\":\"" + value + "\"}"))));
        }

        assertThat(partition.files().toList())
                .hasSizeGreaterThan(1)
                .allSatisfy(file -> assertThat(store.read(LAYOUT.visible(file, "")).length)
                        .isBetween((int) limit / 2, (int) limit * 5 / 4));
    }

    @ParameterizedTest
    @EnumSource
    void open_filesOfAnyFormat_areLanded(Format format) {
        store.put(VISIBLE + new LandedFile(PARTITION, 0, 6, format).name(), "");

        assertThat(partition.open(NEVER, batch(0)).position()).isEqualTo(7);
    }

    // ---- instances with different settings

    @Test
    void open_afterAConcurrentFileOfAnotherFormat_isReportedUntilTheNextOwnFile() {
        land(Format.JSONL_GZ, LAYOUT, 0);
        partition.since = Instant.MIN;

        PartitionLander lander = open(Format.JSONL, NEVER);

        assertThat(lander.failure().cause())
                .startsWith(VISIBLE + new LandedFile(PARTITION, 0, 0, Format.JSONL_GZ).name() + " was published at ")
                .endsWith(
                        " by an instance of the group with wadi.landing.format=jsonl.gz, while this instance has jsonl: set the"
                                + " same value on all instances");
        lander.append(batch(1));
        lander.beginFinish();
        lander.tick();
        assertThat(partition.files()).hasSize(2);
        assertThat(lander.failure()).as("reported for the age of a file").isNotNull();
        partition.nanos += NEVER.age().toNanos();
        lander.append(batch(2));
        assertThat(lander.failure()).as("not published yet").isNotNull();
        lander.beginFinish();
        lander.tick();
        assertThat(lander.failure()).isNull();
        lander.finish();
    }

    @Test
    void open_afterAConcurrentFileOfAnotherLayout_isReported() {
        land(Format.JSONL, new Layout(LAYOUT.root(), TimeBuckets.DAY), 0);
        partition.since = Instant.MIN;

        assertThat(open(Format.JSONL, NEVER).failure().cause())
                .contains("wadi.landing.time-buckets=day, while this instance has none: ");
    }

    /** Two instances that keep their partitions: neither takes over a file of the other. */
    @Test
    void tick_otherPartitionWithAConcurrentFileOfAnotherFormat_isReportedUntilItsNextFile() {
        partition.since = Instant.MIN;
        PartitionLander lander = open(Format.JSONL, new RollPolicy(1, 1L << 40, Duration.ofDays(36_500)));
        lander.append(batch(0));
        lander.tick();
        assertThat(lander.failure()).isNull();
        TopicPartition other = new TopicPartition(PARTITION.topic(), PARTITION.partition() + 1);
        String file = new LandedFile(other, 0, 4, Format.JSONL_GZ).name();
        store.put(LAYOUT.visible(other) + "/" + file, "");
        partition.group().others = Map.of(other, new GroupOffset.Committed(5, new CommitMetadata("", file, 0).text()));

        lander.append(batch(1));
        lander.tick();
        assertThat(lander.failure().cause())
                .startsWith(LAYOUT.visible(other) + "/" + file + " was published at ")
                .endsWith(
                        " by an instance of the group with wadi.landing.format=jsonl.gz, while this instance has jsonl: set the"
                                + " same value on all instances");

        String next = new LandedFile(other, 5, 5, Format.JSONL).name();
        partition.group().others = Map.of(other, new GroupOffset.Committed(6, new CommitMetadata("", next, 0).text()));
        partition.nanos += Duration.ofDays(36_500).toNanos();
        lander.append(batch(2));
        lander.tick();
        assertThat(lander.failure()).isNull();
        lander.finish();
    }

    /** Its owner may have other settings by now. */
    @Test
    void tick_otherPartitionWithAnOldFileOfAnotherFormat_isNotReported() {
        partition.since = Instant.MIN;
        TopicPartition other = new TopicPartition(PARTITION.topic(), PARTITION.partition() + 1);
        String file = new LandedFile(other, 0, 4, Format.JSONL_GZ).name();
        store.put(LAYOUT.visible(other) + "/" + file, "");
        partition.group().others = Map.of(other, new GroupOffset.Committed(5, new CommitMetadata("", file, 0).text()));
        PartitionLander lander = open(Format.JSONL, new RollPolicy(1, 1L << 40, Duration.ofDays(1)));

        lander.append(batch(0));
        lander.tick();

        assertThat(lander.failure()).isNull();
        lander.finish();
    }

    /** The format was changed between a stop and a start. */
    @Test
    void open_afterAnEarlierFileOfAnotherFormat_isNotReported() {
        land(Format.JSONL_GZ, LAYOUT, 0);

        assertThat(open(Format.JSONL, NEVER).failure()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void open_afterAFileOfTheSameSettings_isNotReported(TimeBuckets times) {
        Layout layout = new Layout(LAYOUT.root(), times);
        land(Format.JSONL, layout, 0);
        partition.since = Instant.MIN;

        assertThat(partition
                        .open(encoding(Format.JSONL), NEVER, layout, batch(1))
                        .failure())
                .isNull();
    }

    private void land(Format format, Layout layout, long offset) {
        PartitionLander lander = partition.open(encoding(format), NEVER, layout, batch(offset));
        lander.append(batch(offset));
        lander.finish();
    }

    private PartitionLander open(Format format, RollPolicy rollPolicy) {
        return partition.open(encoding(format), rollPolicy, LAYOUT, batch(0));
    }

    private static Encoding encoding(Format format) {
        FormatOptions options = new FormatOptions(
                format,
                false,
                "src/test/resources/fixtures/v.avsc",
                false,
                1,
                FormatOptions.AvroCodec.ZSTANDARD,
                FormatOptions.DEFAULT.rowGroupBytes());
        return new Encodings(options, List.of()).of(PARTITION.topic());
    }
}
