package io.wadi.landing.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.wadi.landing.audit.AuditReport.Cause;
import io.wadi.landing.audit.AuditReport.Gap;
import io.wadi.landing.audit.AuditReport.Overlap;
import io.wadi.landing.audit.AuditReport.Partition;
import io.wadi.landing.files.OffsetRange;
import io.wadi.testing.KafkaProbe;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Audits on real Kafka and HDFS, of files as landing writes them and of lost, duplicated or altered files. */
@Execution(ExecutionMode.CONCURRENT)
class AuditIT {
    private static final String RECORDED = "Kafka has no records at these offsets";

    @Test
    void contiguousFiles_areSound() throws Exception {
        try (HandLanded landed = new HandLanded("audit-sound", Map.of())) {
            landed.send(0, 30);
            landed.land("", 0, 9);
            landed.land("date=2026-11-20/", 10, 14);
            landed.land("date=2026-11-20/hour=07/", 15, 24);
            landed.commit(25);

            Partition found = landed.audit(false);

            assertThat(found.sound()).isTrue();
            assertThat(found.contiguous()).isTrue();
            assertThat(found.landed()).containsExactly(new OffsetRange(0, 24));
            assertThat(found.kafka()).isEqualTo(new AuditReport.Log(0, 30));
            assertThat(found.committed()).isEqualTo(25);
            assertThat(found.toLand()).isEqualTo(5);
            assertThat(found.files()).isEqualTo(3);
            assertThat(found.bytes()).isEqualTo(10 * 3 + 15 * 4);
            assertThat(AuditText.of(landed.audit(true, "read_committed")))
                    .first()
                    .isEqualTo(
                            "audit-sound has no errors: 25 offsets in 3 files of 1 partition, none lost or duplicated, "
                                    + "25 records the same in Kafka and file.");
        }
    }

    @Test
    void missingFile_isReportedAsLost() throws Exception {
        try (HandLanded landed = new HandLanded("audit-removed", Map.of())) {
            landed.send(0, 30);
            landed.land("", 0, 9);
            landed.delete(landed.land("", 10, 14));
            landed.land("", 15, 29);
            landed.commit(30);

            Partition found = landed.audit(false);

            assertThat(found.sound()).isFalse();
            assertThat(found.contiguous()).isFalse();
            assertThat(found.landed()).containsExactly(new OffsetRange(0, 9), new OffsetRange(15, 29));
            assertThat(found.gaps()).containsExactly(new Gap(10, 14, Cause.LOST, "Kafka has a record at offset 10"));
            assertThat(AuditText.of(landed.audit(false, "read_committed")))
                    .first()
                    .isEqualTo("audit-removed has ERRORS: 5 lost; 25 offsets in 2 files of 1 partition.");
        }
    }

    @Test
    void committedOffsetsWithoutAFile_areLost_afterEarlierFiles() throws Exception {
        try (HandLanded landed = new HandLanded("audit-tail", Map.of())) {
            landed.send(0, 30);
            landed.land("", 0, 9);
            landed.commit(20);

            assertThat(landed.audit(false).gaps())
                    .containsExactly(new Gap(10, 19, Cause.LOST, "Kafka has a record at offset 10"));
        }
    }

    @Test
    void filesMovedAwayFromTheBeginning_areSound() throws Exception {
        try (HandLanded landed = new HandLanded("audit-moved", Map.of())) {
            landed.send(0, 30);
            String first = landed.land("", 0, 9);
            String second = landed.land("", 10, 29);
            landed.commit(30);

            landed.delete(first);
            assertThat(landed.audit(true).sound()).isTrue();
            landed.delete(second);
            Partition found = landed.audit(true);

            assertThat(found.sound()).isTrue();
            assertThat(found.landed()).isEmpty();
            assertThat(found.toLand()).isZero();
        }
    }

    @Test
    void transactionMarkersAndAbortedRecords_areNotReportedAsLost() throws Exception {
        try (HandLanded landed = new HandLanded("audit-transactions", Map.of())) {
            landed.sendInTransaction(0, 10, true); // 0 to 9, marker 10
            landed.sendInTransaction(11, 5, false); // 11 to 15, marker 16
            landed.send(17, 3);
            landed.land("", 0, 9);
            landed.land("", 17, 19);
            landed.commit(20);

            Partition found = landed.audit(true);

            assertThat(found.gaps()).containsExactly(new Gap(10, 16, Cause.MARKERS, RECORDED));
            assertThat(found.sound()).isTrue();
            assertThat(found.compared()).isEqualTo(13);
            // Landing with read_uncommitted would have written the aborted records.
            assertThat(landed.audit(false, "read_uncommitted")
                            .partitions()
                            .get(0)
                            .gaps())
                    .containsExactly(new Gap(10, 16, Cause.LOST, "Kafka has a record at offset 11"));
        }
    }

    @Test
    void offsetsThatLandingFoundWithoutRecords_areSound_alsoOnceKafkaHasDeletedThem() throws Exception {
        try (HandLanded landed = new HandLanded("audit-committed-marker", Map.of())) {
            landed.sendInTransaction(0, 10, true); // 0 to 9, marker 10
            landed.land("", 0, 9);
            landed.commit(11, "landed next= last= bytes=0 first=10");
            assertThat(landed.audit(false).gaps()).containsExactly(new Gap(10, 10, Cause.MARKERS, RECORDED));

            landed.drop(11);
            assertThat(landed.audit(false).gaps()).isEmpty();
            assertThat(landed.audit(false).sound()).isTrue();

            landed.commit(11, "landed next= last= bytes=0");
            assertThat(landed.audit(false).sound()).as("it has not").isFalse();
            landed.send(11, 5);
            landed.commit(14, "landed next= last= bytes=0 first=10");
            assertThat(landed.audit(false).gaps())
                    .as("Kafka has records")
                    .containsExactly(new Gap(11, 13, Cause.LOST, "Kafka has a record at offset 11"));
        }
    }

    @Test
    void compactedTopic_isSound_andDeepIfItsLinesContainTheRemainingRecords() throws Exception {
        Map<String, String> compacted =
                Map.of("cleanup.policy", "compact", "segment.ms", "100", "min.cleanable.dirty.ratio", "0.01");
        try (HandLanded landed = new HandLanded("audit-compacted", compacted)) {
            for (int i = 0; i < 20; i++) {
                landed.send("key" + i % 3, "v" + i);
            }
            // Kafka does not compact the active segment.
            await().until(() -> {
                landed.send("roll", "v");
                return KafkaProbe.read("audit-compacted", found -> found.offset() < 20)
                                .size()
                        == 3;
            });
            landed.land("", 0, 9);
            landed.delete(landed.land("", 10, 16));
            String last = landed.land("", 17, 19);

            Partition found = landed.audit(true);
            assertThat(found.gaps()).containsExactly(new Gap(10, 16, Cause.MARKERS, RECORDED));
            assertThat(found.sound()).isTrue();
            assertThat(found.compared()).isEqualTo(3);

            landed.put(last, "v17\nv19\n".getBytes(UTF_8));
            assertThat(landed.details(true))
                    .contains("  " + last + ", line 3, offset 18: the record's value is not in the file");
        }
    }

    @Test
    void droppedOffsets_areExpiredIfLandingRecordedThem_elseUnknown() throws Exception {
        try (HandLanded landed = new HandLanded("audit-expired", Map.of())) {
            landed.send(0, 50);
            landed.drop(30);
            landed.land("", 0, 9);
            landed.land("", 20, 24);
            landed.land("", 32, 49);
            String markers = landed.layout().expired(landed.partition());
            landed.put(markers + "/" + new OffsetRange(10, 19).name(), new byte[0]);
            landed.put(markers + "/" + new OffsetRange(26, 27).name(), new byte[0]);

            assertThat(landed.audit(true).gaps())
                    .containsExactly(
                            new Gap(10, 19, Cause.EXPIRED, "landing recorded the range in " + markers),
                            new Gap(
                                    25,
                                    25,
                                    Cause.UNKNOWN,
                                    "Kafka begins at offset 30, and landing recorded no expired range"),
                            new Gap(26, 27, Cause.EXPIRED, "landing recorded the range in " + markers),
                            new Gap(
                                    28,
                                    29,
                                    Cause.UNKNOWN,
                                    "Kafka begins at offset 30, and landing recorded no expired range"),
                            new Gap(30, 31, Cause.LOST, "Kafka has a record at offset 30"));
            assertThat(landed.audit(false).sound()).isFalse();
        }
    }

    @Test
    void recordedExpiredRangeAlone_isSound() throws Exception {
        try (HandLanded landed = new HandLanded("audit-noted", Map.of())) {
            landed.send(0, 30);
            landed.drop(20);
            landed.land("", 0, 9);
            landed.land("", 20, 29);
            landed.put(landed.layout().expired(landed.partition()) + "/" + new OffsetRange(10, 19).name(), new byte[0]);

            Partition found = landed.audit(true);

            assertThat(found.sound()).isTrue();
            assertThat(found.contiguous()).isFalse();
            assertThat(found.compared()).isEqualTo(10);
            assertThat(found.notCompared()).isEqualTo(1);
        }
    }

    /** As that of the former topic, if the topic was recreated. */
    @Test
    void recordedExpiredRange_whoseRecordsKafkaHas_isReportedWithOneOfThem() throws Exception {
        try (HandLanded landed = new HandLanded("audit-former", Map.of())) {
            landed.send(0, 30);
            landed.land("", 0, 9);
            landed.land("", 20, 29);
            String markers = landed.layout().expired(landed.partition());
            landed.put(markers + "/" + new OffsetRange(10, 19).name(), new byte[0]);

            Partition found = landed.audit(true);

            assertThat(found.sound()).isTrue();
            assertThat(found.gaps())
                    .containsExactly(new Gap(
                            10,
                            19,
                            Cause.EXPIRED,
                            "landing recorded the range in " + markers + "; Kafka has a record at offset 10"));
        }
    }

    @Test
    void overlappingFile_isReportedAsDuplicated() throws Exception {
        try (HandLanded landed = new HandLanded("audit-overlap", Map.of())) {
            landed.send(0, 30);
            String first = landed.land("", 0, 19);
            String inner = landed.land("date=2026-11-20/", 5, 6);
            String second = landed.land("", 18, 29);

            Partition found = landed.audit(false);

            assertThat(found.sound()).isFalse();
            assertThat(found.contiguous()).isTrue();
            assertThat(found.overlaps())
                    .containsExactly(
                            new Overlap(5, 6, List.of(first, inner)), new Overlap(18, 19, List.of(first, second)));
            assertThat(AuditText.of(landed.audit(true, "read_committed")))
                    .first()
                    .isEqualTo("audit-overlap has ERRORS: 4 duplicated; 30 offsets in 3 files of 1 partition.");
        }
    }

    @Test
    void emptyFileWithRecordsInKafka_isReported() throws Exception {
        try (HandLanded landed = new HandLanded("audit-empty", Map.of())) {
            landed.send(0, 10);
            landed.send(null, "two\nlines");
            landed.send(11, 5);
            landed.land("", 0, 9);
            String refused = landed.land("", 10, 10, new byte[0]);
            String emptied = landed.land("", 11, 15, new byte[0]);

            assertThat(landed.audit(true).hollow()).containsExactly(new AuditReport.Hollow(emptied, 11));
            assertThat(landed.details(false))
                    .containsExactly("  empty file " + emptied + ": Kafka has a record for it at offset 11")
                    .noneMatch(line -> line.contains(refused));
        }
    }

    @Test
    void foreignFiles_areReported_andChangeNothing() throws Exception {
        try (HandLanded landed = new HandLanded("audit-foreign", Map.of())) {
            landed.send(0, 10);
            landed.land("", 0, 9);
            String directory = landed.layout().visible(landed.partition());
            landed.put(directory + "/notes.txt", "v0\n".getBytes(UTF_8));
            landed.put(
                    directory + "/date=2026-11-20/audit-foreign+1+" + new OffsetRange(0, 9).name() + ".jsonl",
                    new byte[0]);
            landed.put(directory + "/_SUCCESS", new byte[0]);
            String owner = landed.layout().owners(landed.partition()) + "/4711";
            Instant begin = Instant.now();
            landed.put(owner + "/0", new byte[0]);

            Partition found = landed.audit(true);

            assertThat(found.sound()).isTrue();
            assertThat(found.foreign())
                    .containsExactly(
                            directory + "/date=2026-11-20/audit-foreign+1+" + new OffsetRange(0, 9).name() + ".jsonl",
                            directory + "/notes.txt");
            assertThat(found.owners()).singleElement().satisfies(one -> {
                assertThat(one.directory()).isEqualTo(owner);
                assertThat(one.ageSeconds())
                        .isBetween(0L, Duration.between(begin, Instant.now()).toSeconds() + 1);
            });
        }
    }

    @Test
    void filesBeyondTheEndOffset_areNotSound() throws Exception {
        try (HandLanded landed = new HandLanded("audit-ahead", Map.of())) {
            landed.send(0, 10);
            landed.land("", 0, 14);

            Partition found = landed.audit(false);

            assertThat(found.sound()).isFalse();
            assertThat(found.ahead()).isEqualTo(new OffsetRange(10, 14));
            assertThat(found.toLand()).isZero();
        }
    }

    @Test
    void emptyAudit_isReported() throws Exception {
        try (HandLanded landed = new HandLanded("audit-nothing", Map.of())) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> landed.audit(false))
                    .withMessage(
                            "no landed files in /audit-nothing/audit-nothing, and group audit-nothing has no offset of "
                                    + "audit-nothing");
            landed.commit(0);
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> landed.audit(false))
                    .withMessageContaining("group audit-nothing has committed offsets of audit-nothing");
        }
    }
}
