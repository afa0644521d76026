package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.wadi.testing.Warnings;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Kafka has deleted records before a consumer has read them. */
class ExpiredOffsetsTest extends PositionResetTestSupport {
    /** Otherwise the next owner would count them again, and the group would keep a lag. */
    @Test
    void expiredOffsets_ofAPartitionWithoutRecords_areCommitted() {
        begin = 12;

        context.positions().handle(outOfRange(5));

        assertThat(seeks).containsExactly(12L);
        assertThat(partition.toCommit()).isEqualTo(12);
    }

    /** A sink that fails to skip them is called again. */
    @Test
    void expiredOffsets_areLoggedAndCountedOnce() {
        begin = 12;
        try (Warnings warnings = new Warnings(PositionReset.class.getName())) {
            context.positions().handle(outOfRange(5));
            context.positions().handle(outOfRange(5));

            assertThat(warnings.lines())
                    .containsExactly("Partition events-0: Kafka deleted offsets 5 to 11 before they were read; reading"
                            + " continues at 12");
        }
        assertThat(meters.get("wadi.expired.offsets").counter().count()).isEqualTo(7);
    }

    @Test
    void expiredOffsets_afterRecordsThatAreCommitted_areCommitted() {
        deliver(0, 4);
        partition.acknowledged();
        partition.committed(5);
        begin = 12;

        context.positions().handle(outOfRange(5));

        assertThat(partition.toCommit()).isEqualTo(12);
    }

    @Test
    void expiredOffsets_afterRecordsThatAreNotCommitted_areCommittedWithLaterRecords() {
        deliver(0, 4);
        partition.acknowledged();
        begin = 10;

        context.positions().handle(outOfRange(5));

        assertThat(partition.toCommit()).isEqualTo(5);
        deliver(10, 11);
        assertThat(partition.toCommit()).isEqualTo(12);
    }

    /** Otherwise health would report the failure until Kafka has another record. */
    @Test
    void expiredFailedRecord_endsTheRetry() {
        partition.fetched(0, 9, 10);
        partition.failed(0, new IOException("planned"));
        partition.rewind(0);
        partition.resume(Long.MAX_VALUE);
        begin = 12;

        context.positions().handle(outOfRange(0));

        assertThat(partition.recover(() -> false)).isTrue();
        assertThat(seeks).containsExactly(12L);
    }

    @Test
    void expiredOffsets_afterSendsThatFail_includeTheRecordsOfTheseSends() {
        deliver(0, 4);
        begin = 12;

        context.positions().handle(outOfRange(5));
        partition.takeBack(new IOException("not acknowledged"));

        assertThat(partition.hasFailed()).isTrue();
        assertThat(partition.toCommit()).isEqualTo(OwnedPartition.NONE);
        assertThat(partition.rewind(0)).isZero();
        context.positions().handle(outOfRange(0));
        assertThat(partition.expiredBefore()).isEqualTo(12);
        assertThat(seeks).containsExactly(12L);
    }

    @Test
    void deletedRecords_latest_countsOnlyThemAsExpired() {
        context = context(OffsetReset.LATEST);
        partition = context.owned().of(PARTITION);
        deliver(0, 1);
        partition.claim(sink(2, 2));
        begin = 5;

        try (Warnings warnings = new Warnings(PositionReset.class.getName())) {
            context.positions().handle(outOfRange(2));
            assertThat(warnings.lines())
                    .last(STRING)
                    .isEqualTo("Partition events-0: autoOffsetReset=latest skips offsets 5 to 11, which Kafka still"
                            + " has");
        }

        assertThat(meters.get("wadi.expired.offsets").counter().count()).isEqualTo(3);
        assertThat(expired)
                .as("a sink continues at the next record that it receives")
                .containsExactly(12L);
        assertThat(seeks).containsExactly(12L);
    }

    @Test
    void deletedRecords_earliest_readingContinuesWithTheFirstRecord() {
        deliver(0, 1);
        partition.claim(sink(2, 2));
        begin = 5;

        context.positions().handle(outOfRange(2));

        assertThat(meters.get("wadi.expired.offsets").counter().count()).isEqualTo(3);
        assertThat(expired).containsExactly(5L);
        assertThat(seeks).containsExactly(5L);
    }

    @Test
    void expiredOffsets_ofARecreatedTopic_areCounted_evenBelowThoseOfTheFormerOne() {
        begin = 12;
        context.positions().handle(outOfRange(5));
        deliver(12, 19);
        partition.acknowledged();
        begin = 0;
        context.positions().handle(outOfRange(20));

        begin = 3;
        context.positions().handle(outOfRange(0));

        assertThat(meters.get("wadi.expired.offsets").counter().count()).isEqualTo(7 + 3);
        assertThat(seeks).containsExactly(12L, 0L, 3L);
    }

    @Test
    void expiredOffsets_afterUnacknowledgedSends_areSkippedOnceTheyAreAcknowledged() {
        deliver(0, 4);
        begin = 12;
        context.positions().handle(outOfRange(5));
        assertThat(partition.expiredBefore()).isZero();

        partition.acknowledged();
        context.positions().handle(outOfRange(5));

        assertThat(partition.toCommit()).isEqualTo(5);
        assertThat(seeks).containsExactly(12L);
    }
}
