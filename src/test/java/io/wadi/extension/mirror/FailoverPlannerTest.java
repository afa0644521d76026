package io.wadi.extension.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.extension.mirror.Failover.Step;
import io.wadi.extension.mirror.Failover.Untranslated;
import io.wadi.extension.mirror.FailoverPlanner.Group;
import io.wadi.extension.mirror.FailoverPlanner.Log;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.mirror.Checkpoint;
import org.apache.kafka.connect.mirror.DefaultReplicationPolicy;
import org.apache.kafka.connect.mirror.OffsetSync;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailoverPlannerTest {
    private static final TopicPartition PARTITION = new TopicPartition("A.t", 0);
    /** With records 10 to 19 of committed and up to 24 of open transactions. */
    private static final Log LOG = new Log(10, 20, 25);

    private final ReplicationFlow flow = new ReplicationFlow(
            "A",
            "B",
            new TopicFilter(".*", ""),
            new TopicFilter("g.*", "g-out"),
            new DefaultReplicationPolicy(),
            false,
            false,
            "offsets",
            false);
    private final OffsetSyncs syncs = new OffsetSyncs(flow);

    private static Checkpoint checkpoint(long upstream, long downstream) {
        return new Checkpoint("g", PARTITION, upstream, downstream, "");
    }

    private static Group group(Checkpoint checkpoint, Long atSource, Long atTarget) {
        return new Group("g", by(checkpoint), by(atSource), by(atTarget), true, null);
    }

    private static <T> Map<TopicPartition, T> by(T value) {
        return value == null ? Map.of() : Map.of(PARTITION, value);
    }

    private Step step(Group group, Untranslated untranslated) {
        List<Step> steps = new FailoverPlanner(flow, syncs, untranslated, true).steps(group, Map.of(PARTITION, LOG));
        assertThat(steps).hasSize(1);
        return steps.get(0);
    }

    private static Step expected(Long from, Long to, long again, String words, boolean refused) {
        return new Step("g", "A.t", 0, from, to, again, words, refused, false);
    }

    @Test
    void checkpoint_isUsed_andFollowingOffsetsAreReadAgain() {
        assertThat(step(group(checkpoint(100, 15), 100L, null), Untranslated.REFUSED))
                .isEqualTo(expected(null, 15L, 5, null, false));
    }

    @Test
    void offsetSync_limitsTheOffsetsThatAreReadAgain() {
        syncs.add(new OffsetSync(new TopicPartition("t", 0), 98, 14));

        assertThat(step(group(checkpoint(100, 15), 101L, 12L), Untranslated.REFUSED))
                .isEqualTo(expected(12L, 15L, 3, null, false));
        assertThat(step(group(checkpoint(100, 15), null, 12L), Untranslated.REFUSED))
                .as("without an offset of the source")
                .isEqualTo(expected(12L, 15L, 5, null, false));
    }

    @ParameterizedTest
    @CsvSource({"3, 10", "10, 10", "22, 20"})
    void checkpointOutsideOfTheReadableRecords_isMovedToTheirNearestEnd(long downstream, long to) {
        assertThat(step(group(checkpoint(100, downstream), 100L, null), Untranslated.REFUSED)
                        .to())
                .isEqualTo(to);
    }

    @Test
    void groupThatHasContinuedAtTheTarget_stays() {
        assertThat(step(group(checkpoint(100, 15), 100L, 18L), Untranslated.LATEST))
                .isEqualTo(expected(
                        18L,
                        null,
                        0,
                        "stays at 18: the group has already continued at B, 3 ahead of its offset from A",
                        false));
        assertThat(step(group(null, 100L, 24L), Untranslated.LATEST))
                .isEqualTo(expected(
                        24L,
                        null,
                        0,
                        "stays at 24: the group has already continued at B; groups reset sets another offset",
                        false));
        assertThat(step(group(checkpoint(100, 15), 100L, 26L), Untranslated.LATEST))
                .as("beyond the end, where a consumer would reset its offset")
                .isEqualTo(expected(26L, 15L, 5, null, false));
    }

    @ParameterizedTest
    @CsvSource({"REFUSED, , 0", "EARLIEST, 10, 10", "LATEST, 20, 0"})
    void offsetWithoutTranslation_isTreatedAsRequested(Untranslated untranslated, Long to, long again) {
        boolean isRefused = untranslated == Untranslated.REFUSED;
        String why = "its offset at A has no translation: ";

        assertThat(step(group(null, 100L, null), untranslated))
                .isEqualTo(expected(
                        null,
                        to,
                        again,
                        why + "it precedes MirrorMaker's first offset sync or follows its last checkpoint",
                        isRefused));
        assertThat(step(group(checkpoint(100, 26), 100L, 5L), untranslated))
                .isEqualTo(expected(
                        5L,
                        to,
                        again,
                        why + "its last checkpoint is at 26, beyond the end at B, 25: the topic was recreated there or"
                                + " has lost records",
                        isRefused));
        assertThat(step(group(checkpoint(100, 15), 99L, null), untranslated))
                .isEqualTo(expected(
                        null, to, again, why + "it was set back to 99, before its last checkpoint of 100", isRefused));
    }

    @Test
    void groupThatMirrorMakerLeavesOut_isRefusedWithThisReason() {
        Group out = new Group("g-out", Map.of(), by(100L), Map.of(), true, null);

        assertThat(step(out, Untranslated.REFUSED).words())
                .endsWith("groups and groups.exclude of MirrorMaker leave the group out");
    }

    @Test
    void groupWithARefusal_isRefused_withAnyChoice() {
        Group busy = new Group("g", by(checkpoint(100, 15)), by(100L), by(12L), true, "it has members");

        assertThat(step(busy, Untranslated.LATEST)).isEqualTo(expected(12L, null, 0, "it has members", true));
    }

    @Test
    void partitionThatTheTargetDoesNotHave_isRefusedOnlyWithoutAChoice() {
        Group missing = new Group("g", Map.of(), by(100L), Map.of(), true, null);
        String words = "B does not have it: no offset can be set";

        assertThat(new FailoverPlanner(flow, syncs, Untranslated.REFUSED, true).steps(missing, Map.of()))
                .containsExactly(new Step("g", "A.t", 0, null, null, 0, words, true, true));
        assertThat(new FailoverPlanner(flow, syncs, Untranslated.LATEST, false).steps(missing, Map.of()))
                .containsExactly(new Step(
                        "g",
                        "A.t",
                        0,
                        null,
                        null,
                        0,
                        words + "; its topic may have been deleted before A failed",
                        false,
                        true));
    }

    @Test
    void checkpointOfADeletedTopic_isLeftOut_onlyIfTheSourceHasReturnedTheOffsets() {
        FailoverPlanner planner = new FailoverPlanner(flow, syncs, Untranslated.REFUSED, true);

        assertThat(planner.steps(group(checkpoint(100, 15), null, null), Map.of()))
                .isEmpty();
        assertThat(planner.steps(new Group("g", by(checkpoint(100, 15)), Map.of(), Map.of(), false, null), Map.of()))
                .extracting(Step::missing)
                .containsExactly(true);
    }

    @Test
    void steps_areInTheOrderOfThePartitions() {
        TopicPartition last = new TopicPartition("A.t", 10);
        Group group = new Group("g", Map.of(), Map.of(last, 1L, PARTITION, 1L), Map.of(), true, null);

        assertThat(new FailoverPlanner(flow, syncs, Untranslated.LATEST, true)
                        .steps(group, Map.of(PARTITION, LOG, last, LOG)))
                .extracting(Step::partition)
                .containsExactly(0, 10);
    }
}
