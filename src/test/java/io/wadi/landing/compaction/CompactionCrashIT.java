package io.wadi.landing.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.landing.FaultPoint;
import io.wadi.landing.FaultPoint.Operation;
import io.wadi.landing.LandingException;
import io.wadi.landing.audit.AuditReport;
import io.wadi.landing.audit.HandLanded;
import io.wadi.landing.compaction.PartitionCompactor.Sizes;
import io.wadi.testing.Nightly;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Compactors on real HDFS that are killed at every step, or frozen there while another one takes over. */
@Nightly(perChange = {"CompactionModelTest", "CompactionRandomTest", "CompleteMarksIT#compaction_doesNotChangeTheMark"})
class CompactionCrashIT {
    private static final Sizes ANY = new Sizes(1 << 20, 1 << 20, 100);

    /** Points that every process reaches, whether or not it has a merge to recover first. */
    private static final List<FaultPoint> STEPS = List.of(
            new FaultPoint(Operation.RAISE, false, 1),
            new FaultPoint(Operation.RENAME, true, 1),
            new FaultPoint(Operation.RENAME, false, 1),
            new FaultPoint(Operation.CONCAT, true, 1),
            new FaultPoint(Operation.CONCAT, false, 1),
            new FaultPoint(Operation.CREATE, false, 1),
            new FaultPoint(Operation.SYNC, false, 1),
            new FaultPoint(Operation.CLOSE, false, 1),
            new FaultPoint(Operation.REPLACE, true, 1),
            new FaultPoint(Operation.REPLACE, false, 1),
            new FaultPoint(Operation.RENAME, false, 2));

    @Test
    void processesKilledAtEachStep_keepEachRecordOnce() throws Exception {
        try (HandLanded landed = new HandLanded("compact-kills", Map.of())) {
            long end = 0;
            for (FaultPoint step : STEPS) {
                end = land(landed, end, 3);
                try (CompactionProcess process = CompactionProcess.start("compact-kills", end, step)) {
                    process.awaitPoint();
                    assertEachOnce(landed, end);
                    process.kill();
                }
                assertEachOnce(landed, end);
                assertThat(landed.audit(true).sound()).as("after %s", step).isTrue();
            }
            finish(landed, end);
        }
    }

    @Test
    void processesFrozenDuringAFailover_changeNothingAfterwards() throws Exception {
        try (HandLanded landed = new HandLanded("compact-zombies", Map.of())) {
            long end = 0;
            for (FaultPoint step : List.of(
                    new FaultPoint(Operation.RENAME, true, 1),
                    new FaultPoint(Operation.CONCAT, true, 1),
                    new FaultPoint(Operation.CREATE, true, 1),
                    new FaultPoint(Operation.REPLACE, true, 1),
                    new FaultPoint(Operation.RENAME, true, 2))) {
                end = land(landed, end, 4);
                try (CompactionProcess zombie = CompactionProcess.start("compact-zombies", end, step)) {
                    zombie.awaitPoint();
                    try (CompactionProcess next = CompactionProcess.start("compact-zombies", end, null)) {
                        next.awaitDone();
                    }
                    List<String> names = List.copyOf(landed.visible().keySet());
                    assertThat(names).as("all but the newest are one").hasSize(2);

                    zombie.resumeAndAwaitFailure();

                    assertThat(landed.visible().keySet()).containsExactlyElementsOf(names);
                    assertEachOnce(landed, end);
                }
            }
            finish(landed, end);
        }
    }

    @Test
    void filesThatHdfsCannotConcatenate_areUnchanged_andReported() throws Exception {
        try (HandLanded landed = new HandLanded("compact-refused", Map.of())) {
            landed.land("", 0, 4, 1 << 20);
            landed.land("", 5, 9, 8 << 20);
            landed.land("", 10, 14, 8 << 20);
            List<String> names = List.copyOf(landed.visible().keySet());
            PartitionCompactor compactor = compactor(landed);

            assertThatExceptionOfType(LandingException.class)
                    .isThrownBy(() -> compactor.plan(15).forEach(compactor::merge))
                    .withMessageContaining("preferred block size");

            assertThat(landed.visible().keySet()).containsExactlyElementsOf(names);
            assertEachOnce(landed, 15);
        }
    }

    @Test
    void mergedFile_hasTheBlocksOfASingleFile() throws Exception {
        try (HandLanded landed = new HandLanded("compact-blocks", Map.of())) {
            long end = land(landed, 0, 6);
            finish(landed, end);

            String merged = landed.layout().visible(landed.partition()) + "/"
                    + landed.visible().keySet().iterator().next();
            assertThat(landed.blocks(merged)).isEqualTo(1);
        }
    }

    private static PartitionCompactor compactor(HandLanded landed) throws IOException {
        return new PartitionCompactor(landed.store(), landed.layout(), landed.partition(), ANY);
    }

    private static long land(HandLanded landed, long end, int files) throws Exception {
        for (long first = end; first < end + 5L * files; first += 5) {
            landed.send((int) first, 5);
            landed.land("", first, first + 4);
        }
        return end + 5L * files;
    }

    /** Completes all merges, and asserts that two files are left: the merged one and the newest. */
    private static void finish(HandLanded landed, long end) throws Exception {
        landed.commit(end);
        PartitionCompactor compactor = compactor(landed);
        compactor.recover();
        compactor.plan(end).forEach(compactor::merge);

        assertThat(landed.visible()).hasSize(2);
        assertEachOnce(landed, end);
        assertThat(landed.store().list(landed.layout().compactors(landed.partition())))
                .isEmpty();
        AuditReport.Partition audited = landed.audit(true);
        assertThat(audited.sound()).isTrue();
        assertThat(audited.compared()).isEqualTo(end);
        assertThat(audited.unfinished()).isEmpty();
    }

    private static void assertEachOnce(HandLanded landed, long end) throws IOException {
        assertThat(VisibleRecords.in(landed.visible()))
                .isEqualTo(LongStream.range(0, end).boxed().toList());
    }
}
