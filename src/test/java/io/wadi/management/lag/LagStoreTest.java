package io.wadi.management.lag;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Samples of a cluster with the topic {@code orders}, which has three partitions, the last of them without records. */
class LagStoreTest {
    private static final TopicPartition COMMITTED = new TopicPartition("orders", 0);
    private static final TopicPartition UNCOMMITTED = new TopicPartition("orders", 1);
    private static final TopicPartition EMPTY = new TopicPartition("orders", 2);
    private static final GroupSample.Owner OWNER = new GroupSample.Owner("client", "/127.0.0.1");

    private final LagStore store = new LagStore(new LagStore.Limits(new LagEvaluator.Rules(0, 2), 100, 0));

    private LagReport report(GroupSample group) {
        return report(group, Set.of());
    }

    private LagReport report(GroupSample group, Set<TopicPartition> emptied) {
        return store.update(
                new ClusterSample(
                        1_800_000_000_000L,
                        List.of(group),
                        0,
                        Map.of("orders", 3),
                        Map.of(COMMITTED, 5L, UNCOMMITTED, 7L, EMPTY, 0L),
                        Map.of(),
                        emptied),
                true);
    }

    /**
     * An open transaction of another group holds back the last stable offset of the partition of the offsets topic that
     * both use.
     */
    @Test
    void commitsInTheLogAfterTheyWereSampled_areNoRewind() {
        for (int i = 0; i < 10; i++) {
            store.committed("busy", COMMITTED, i, i * 10_000L);
        }
        for (long timeMs : new long[] {100_000, 110_000, 120_000}) {
            store.update(sample(timeMs, 10, 100), true);
        }
        for (long timeMs : new long[] {200_000, 210_000, 220_000}) {
            store.update(sample(timeMs, 12, 100), true);
        }

        store.committed("busy", COMMITTED, 10, 95_000);
        store.committed("busy", COMMITTED, 12, 195_000);

        assertThat(store.update(sample(230_000, 12, 100), true)
                        .groups()
                        .get(0)
                        .partitions()
                        .get(0)
                        .status())
                .isNotEqualTo(LagStatus.REWIND);
    }

    @Test
    void commitsThatTheLogDoesNotShow_areTakenFromSamples() {
        for (int i = 0; i < 10; i++) {
            store.committed("busy", COMMITTED, i, i * 10_000L);
        }
        for (int i = 10; i < 22; i++) {
            assertThat(status(i)).isNotEqualTo(LagStatus.STOP);
        }
        // The transaction is aborted.
        for (int i = 10; i < 22; i++) {
            store.committed("busy", COMMITTED, i, i * 10_000L - 5000);
        }
        assertThat(status(22)).isNotIn(LagStatus.STOP, LagStatus.REWIND);
        store.committed("busy", COMMITTED, 23, 225_000);
        assertThat(status(23)).isNotIn(LagStatus.STOP, LagStatus.REWIND);
        for (int i = 24; i < 50; i++) {
            store.update(sample(i * 10_000L, 23, i + 10), true);
        }
        assertThat(store.update(sample(500_000, 23, 60), true)
                        .groups()
                        .get(0)
                        .partitions()
                        .get(0)
                        .status())
                .isEqualTo(LagStatus.STOP);
    }

    private LagStatus status(int number) {
        return store.update(sample(number * 10_000L, number, number + 10), true)
                .groups()
                .get(0)
                .partitions()
                .get(0)
                .status();
    }

    private static ClusterSample sample(long timeMs, long committed, long end) {
        return new ClusterSample(
                timeMs,
                List.of(new GroupSample(
                        "busy", "Classic", "Stable", 1, Map.of(COMMITTED, OWNER), Map.of(COMMITTED, committed), "")),
                0,
                Map.of("orders", 3),
                Map.of(COMMITTED, end),
                Map.of(),
                Set.of());
    }

    private static List<String> text(LagReport report) {
        return LagText.of(LagJson.of(report, "localhost:9092"), false);
    }

    @Test
    void assignedPartitionWithRecords_withoutACommittedOffset_hasUnknownLag() {
        LagReport report = report(new GroupSample(
                "paused",
                "Classic",
                "Stable",
                1,
                Map.of(COMMITTED, OWNER, UNCOMMITTED, OWNER, EMPTY, OWNER),
                Map.of(COMMITTED, 5L),
                ""));

        assertThat(report.groups().get(0).uncommitted()).isEqualTo(1);
        assertThat(text(report))
                .contains(
                        "OK      paused: Stable, 1 member, lag unknown",
                        "        lag unknown, no committed offset: orders-1");
    }

    @Test
    void lagOfTheCommittedPartitions_isALowerBound() {
        LagReport report = report(new GroupSample(
                "paused",
                "Classic",
                "Stable",
                1,
                Map.of(COMMITTED, OWNER, UNCOMMITTED, OWNER),
                Map.of(COMMITTED, 1L),
                ""));

        assertThat(text(report)).contains("OK      paused: Stable, 1 member, 4 records behind at least");
    }

    /** Otherwise a name could contain what looks like another group. */
    @Test
    void lineFeedInAGroupsName_isEscaped() {
        LagReport report = report(
                new GroupSample("late\nOK      paused", "Classic", "Empty", 0, Map.of(), Map.of(COMMITTED, 5L), ""));

        assertThat(text(report)).contains("OK      late\\nOK      paused: Empty, no members, lag unknown");
    }

    @Test
    void partitionWithAnUnknownEndOffset_hasTheReasonAsNote() {
        GroupSample group = new GroupSample("late", "Classic", "Empty", 0, Map.of(), Map.of(COMMITTED, 5L), "");

        LagReport report = store.update(
                new ClusterSample(
                        1_800_000_000_000L,
                        List.of(group),
                        0,
                        Map.of("orders", 3),
                        Map.of(),
                        Map.of(COMMITTED, "TimeoutException: late"),
                        Set.of()),
                true);

        assertThat(report.groups().get(0).partitions().get(0).note())
                .isEqualTo("end offset unknown: TimeoutException: late");
        JsonNode json = LagJson.of(report, "localhost:9092");
        assertThat(List.of(json.at("/groups/0/lag"), json.at("/groups/0/partitions/0/lag")))
                .allMatch(JsonNode::isNull);
        assertThat(text(report))
                .contains(
                        "OK      late: Empty, no members, lag unknown",
                        "        lag unknown, no end offset: orders-0",
                        "        OK      orders-0: lag unknown, committed 5, not assigned;"
                                + " end offset unknown: TimeoutException: late");
    }

    @Test
    void status_isUnknownBeforeTheFirstSample() {
        JsonNode json = LagJson.of(LagReport.NONE.withProblem("TimeoutException"), "localhost:9092");

        assertThat(json.path("time").isNull()).isTrue();
        assertThat(json.path("status").isNull()).isTrue();
        assertThat(json.path("problem").asText()).isEqualTo("TimeoutException");
    }

    @Test
    void partitionWithAKnownEndOffset_isALowerBoundBesideOneWithout() {
        GroupSample group =
                new GroupSample("late", "Classic", "Empty", 0, Map.of(), Map.of(COMMITTED, 5L, UNCOMMITTED, 3L), "");

        LagReport report = store.update(
                new ClusterSample(
                        1_800_000_000_000L,
                        List.of(group),
                        0,
                        Map.of("orders", 3),
                        Map.of(UNCOMMITTED, 7L),
                        Map.of(COMMITTED, "TimeoutException: late"),
                        Set.of()),
                true);

        assertThat(text(report)).contains("OK      late: Empty, no members, 4 records behind at least");
        assertThat(burrow(report, "late").status()).isEqualTo(503);
    }

    private static LagRoutes.Response burrow(LagReport report, String group) {
        return new LagRoutes(null, "kafka", "localhost:9092").status("kafka", group, report, false);
    }

    @Test
    void groupWithAllOffsets_hasAStatusInBurrowsApi() {
        LagReport report = report(new GroupSample("gone", "Classic", "Empty", 0, Map.of(), Map.of(COMMITTED, 5L), ""));

        assertThat(burrow(report, "gone").body().at("/status/status").asText()).isEqualTo("OK");
    }

    @Test
    void reportAfterAFailedSample_isNotOkInBurrowsApi() {
        LagReport report = report(new GroupSample("gone", "Classic", "Empty", 0, Map.of(), Map.of(COMMITTED, 5L), ""))
                .withProblem("TimeoutException: late");

        assertThat(burrow(report, "gone").status()).isEqualTo(503);
        assertThat(burrow(report, "gone").body().path("message").asText())
                .isEqualTo("no sample has succeeded since 2027-01-15T08:00:00Z: TimeoutException: late");
    }

    @Test
    void groupWithUnreadableOffsets_hasUnknownLag() {
        LagReport report = report(new GroupSample(
                "secret", "Classic", "Stable", 1, Map.of(COMMITTED, OWNER), null, "offsets unknown: denied"));

        assertThat(LagJson.of(report, "localhost:9092").at("/groups/0/lag").isNull())
                .isTrue();
        assertThat(text(report))
                .contains("OK      secret: Stable, 1 member, lag unknown", "        offsets unknown: denied");
        assertThat(burrow(report, "secret").status()).isEqualTo(503);
        assertThat(burrow(report, "secret").body())
                .hasToString(
                        "{\"error\":true,\"message\":\"the lag of group secret is unknown: offsets unknown: denied\"}");
    }

    @Test
    void groupWithoutMembers_hasUnknownLagInUncommittedPartitionsOfItsTopics() {
        LagReport report = report(new GroupSample("gone", "Classic", "Empty", 0, Map.of(), Map.of(COMMITTED, 5L), ""));

        assertThat(report.groups().get(0).problem()).isEqualTo("lag unknown, no committed offset: orders-1");
    }

    @Test
    void partitionWithDeletedRecordsOnly_withoutACommittedOffset_hasNoLag() {
        LagReport report = report(
                new GroupSample("gone", "Classic", "Empty", 0, Map.of(), Map.of(COMMITTED, 5L), ""),
                Set.of(UNCOMMITTED));

        assertThat(report.groups().get(0).uncommitted()).isZero();
        assertThat(text(report)).contains("OK      gone: Empty, no members, no lag");
    }

    @Test
    void groupWithAllPartitionsCommitted_hasNoLag() {
        LagReport report = report(new GroupSample(
                "done",
                "Classic",
                "Stable",
                1,
                Map.of(COMMITTED, OWNER, UNCOMMITTED, OWNER, EMPTY, OWNER),
                Map.of(COMMITTED, 5L, UNCOMMITTED, 7L),
                ""));

        assertThat(report.groups().get(0).uncommitted()).isZero();
        assertThat(text(report)).contains("OK      done: Stable, 1 member, no lag");
    }

    @Test
    void partitionsBeyondTheLimit_areOmitted_untilOthersAreRemoved() {
        LagStore one = new LagStore(new LagStore.Limits(new LagEvaluator.Rules(0, 2), 1, 0));
        String omitted = "1 partitions of groups are not evaluated: wadi.lag.max-partitions is 1.";

        assertThat(one.update(sample(3, Map.of(COMMITTED, 5L)), true).omitted()).isEmpty();
        assertThat(one.update(sample(3, Map.of(COMMITTED, 5L, UNCOMMITTED, 3L)), true)
                        .omitted())
                .isEqualTo(omitted);
        assertThat(one.update(sample(3, Map.of(UNCOMMITTED, 3L)), true).omitted())
                .as("the other offset is deleted")
                .isEmpty();
        assertThat(one.update(sample(3, Map.of(COMMITTED, 5L, UNCOMMITTED, 3L)), true)
                        .omitted())
                .isEqualTo(omitted);
        assertThat(one.update(sample(1, Map.of(COMMITTED, 5L, UNCOMMITTED, 3L)), true)
                        .omitted())
                .as("the topic was recreated with one partition")
                .isEmpty();
    }

    /** A sample of a group, where the topic has this number of partitions. */
    private static ClusterSample sample(int partitions, Map<TopicPartition, Long> committed) {
        return new ClusterSample(
                1_800_000_000_000L,
                List.of(new GroupSample("late", "Classic", "Empty", 0, Map.of(), committed, "")),
                0,
                Map.of("orders", partitions),
                Map.of(COMMITTED, 5L, UNCOMMITTED, 7L),
                Map.of(),
                Set.of());
    }

    /** The end offsets of the deleted topic would be interpolated with those of the new one. */
    @Test
    void ageInARecreatedTopic_isComputedFromItsOwnEndOffsets() {
        store.update(sample(10_000, 40, 50), true);
        store.update(new ClusterSample(20_000, List.of(), 0, Map.of(), Map.of(), Map.of(), Set.of()), true);

        PartitionLag lag = store.update(sample(110_000, 100, 150), true)
                .groups()
                .get(0)
                .partitions()
                .get(0);

        assertThat(lag.lag()).isEqualTo(50);
        assertThat(lag.lagMs()).isZero();
        assertThat(lag.lagMsExact())
                .as("the records are older than the first sample")
                .isFalse();
    }
}
