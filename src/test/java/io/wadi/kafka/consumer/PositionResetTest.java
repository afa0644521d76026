package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.testing.Warnings;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A partition that was read up to offset 10; its log was truncated at offset 7, and now ends at offset 12. */
class PositionResetTest extends PositionResetTestSupport {
    private static final Uuid FORMER = new Uuid(0, 2);
    private static final Uuid RECREATED = new Uuid(0, 3);
    private static final long INTERVAL = Duration.ofSeconds(1).toNanos();

    @Test
    void truncatedLog_readingContinuesAtTheDivergentOffset_whichIsCommitted() {
        deliver(0, 9);
        partition.acknowledged();
        partition.committed(10);

        context.positions().handle(truncated());

        assertThat(seeks).containsExactly(7L);
        assertThat(partition.seekTo()).isEqualTo(OwnedPartition.NONE);
        assertThat(partition.toCommit()).isEqualTo(7);
        partition.committed(7);
        deliver(7, 11);
        assertThat(partition.toCommit()).isEqualTo(12);
    }

    @Test
    void truncatedLog_unacknowledgedEarlierSends_areRepeated() {
        deliver(0, 4);
        partition.acknowledged();
        deliver(5, 9);

        context.positions().handle(truncated());
        partition.takeBack(new IOException("not acknowledged"));

        assertThat(partition.toCommit()).isEqualTo(5);
        assertThat(partition.rewind(0)).isEqualTo(5);
    }

    @Test
    void truncatedLog_afterAFailedRecord_readingContinuesAtTheFailedRecord() {
        partition.fetched(0, 9, 10);
        partition.done(3);
        partition.failed(4, new IOException("planned"));
        assertThat(partition.rewind(0)).isEqualTo(4);

        context.positions().handle(truncated());

        assertThat(seeks).containsExactly(4L);
        assertThat(partition.toCommit()).isEqualTo(4);
    }

    @Test
    void truncatedLog_sinkAheadOfTheLog_failsPermanently() {
        deliver(0, 9);
        partition.claim(sink(10, 10));

        context.positions().handle(truncated());

        assertThat(partition.failure())
                .hasMessage(
                        "All records before offset 10 were processed, but Kafka has lost those from offset 7 on, and"
                                + " new records have the same offsets. Move away the output of the old records, then"
                                + " reset the group's offset");
        partition.rewind(0);
        context.positions().handle(truncated());
        assertThat(partition.resume(Long.MAX_VALUE)).isFalse();
        assertThat(partition.toCommit()).isEqualTo(OwnedPartition.NONE);
        assertThat(seeks).isEmpty();
    }

    @Test
    void truncatedLog_sinkBehindTheTruncation_receivesTheNewRecords() {
        deliver(0, 9);
        partition.claim(sink(10, 6));

        context.positions().handle(truncated());

        assertThat(partition.failure()).hasMessageStartingWith("Kafka has lost the records from offset 7 on");
        assertThat(partition.rewind(0)).isEqualTo(6);
        assertThat(partition.resume(Long.MAX_VALUE)).isTrue();
    }

    /** As after the topic was recreated, if it has grown beyond the position already. */
    @Test
    void unknownEpoch_readingContinuesWithTheFirstRecord() {
        deliver(0, 9);
        partition.acknowledged();
        partition.committed(10);

        context.positions().handle(recreated());

        assertThat(seeks).containsExactly(0L);
        deliver(0, 11);
        assertThat(partition.toCommit()).isEqualTo(12);
    }

    @Test
    void unknownEpoch_positionOutsideOfTheLog_isHandledAsOutOfRange() {
        begin = 11;
        context.positions().handle(recreated());
        assertThat(partition.expiredBefore()).isEqualTo(11);

        deliver(11, 12);
        partition.claim(sink(13, 13));
        context.positions().handle(new LogTruncationException(Map.of(PARTITION, 13L), Map.of()));
        assertThat(partition.failure()).hasMessageContaining("Kafka's log ends at 12");
        partition.rewind(0);
        assertThat(partition.resume(Long.MAX_VALUE))
                .as("the next record at offset 12 is not the one that was processed")
                .isFalse();
    }

    @Test
    void unknownEpoch_sinkAheadOfTheLog_failsPermanently() {
        deliver(0, 9);
        partition.claim(sink(10, 10));

        context.positions().handle(recreated());

        assertThat(partition.failure()).hasMessageContaining("Kafka has lost those from offset 0 on");
        partition.rewind(0);
        assertThat(partition.resume(Long.MAX_VALUE)).isFalse();
        assertThat(seeks).isEmpty();
    }

    @Test
    void positionAfterTheEnd_ofALogThatHasGrownSince_failsTheSinkPermanently() {
        deliver(0, 9);
        partition.claim(sink(10, 10));

        context.positions().handle(outOfRange(10));

        assertThat(partition.failure()).hasMessageContaining("Kafka has lost those from offset 0 on");
        partition.rewind(0);
        assertThat(partition.resume(Long.MAX_VALUE)).isFalse();
        assertThat(seeks).isEmpty();
    }

    /** Otherwise they would count as acknowledged, and their records would be committed. */
    @Test
    void positionAfterTheEnd_ofALogThatHasGrownSince_latest_unacknowledgedSends_areRepeated() {
        context = context(OffsetReset.LATEST);
        deliver(0, 4);
        partition.acknowledged();
        deliver(5, 9);

        context.positions().handle(outOfRange(10));
        partition.takeBack(new IOException("not acknowledged"));

        assertThat(partition.toCommit()).isEqualTo(5);
        assertThat(partition.rewind(0)).isEqualTo(5);
    }

    /** Otherwise the first records of a recreated topic would be skipped. */
    @Test
    void positionAfterTheEnd_ofALogThatHasGrownSince_earliest_readingStartsAgain() {
        deliver(0, 9);
        partition.acknowledged();

        context.positions().handle(outOfRange(10));

        assertThat(seeks).containsExactly(0L);
        assertThat(partition.toCommit()).isZero();
    }

    /** As after the topic was recreated while the consumer was paused, with the same leader epochs. */
    @Test
    void topicWithAnotherId_readingContinuesWithTheFirstRecord() {
        deliver(0, 11);
        partition.acknowledged();
        partition.committed(12);
        assertThat(isResetAfter(FORMER)).isFalse();
        assertThat(isResetAfter(FORMER)).isFalse();

        assertThat(isResetAfter(RECREATED)).isTrue();

        assertThat(seeks).containsExactly(0L);
        deliver(0, 11);
        assertThat(partition.toCommit()).isEqualTo(12);
        assertThat(isResetAfter(RECREATED)).isFalse();
        assertThat(isResetAfter(RECREATED)).isFalse();
    }

    /** Otherwise the records of the new topic before the position would be skipped. */
    @Test
    void topicWithAnotherId_withoutALeader_isResetOnceItHasOne() {
        deliver(0, 11);
        isResetAfter(FORMER);
        isResetAfter(FORMER);
        hasNoLeader = true;
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> isResetAfter(RECREATED));
        assertThat(seeks).isEmpty();

        hasNoLeader = false;

        assertThat(isResetAfter(RECREATED)).isTrue();
        assertThat(seeks).containsExactly(0L);
        assertThat(isResetAfter(RECREATED)).isFalse();
    }

    @Test
    void topicWithAnotherId_sink_failsPermanently() {
        deliver(0, 11);
        partition.claim(sink(12, 12));
        isResetAfter(FORMER);
        isResetAfter(FORMER);

        assertThat(isResetAfter(RECREATED)).isTrue();

        assertThat(partition.failure()).hasMessageContaining("Kafka has lost those from offset 0 on");
        partition.rewind(0);
        assertThat(partition.resume(Long.MAX_VALUE)).isFalse();
    }

    /** The position was set in the new topic already. */
    @Test
    void topicWithAnotherId_afterAResetOfThePosition_isReadOnce() {
        deliver(0, 19);
        isResetAfter(FORMER);
        isResetAfter(FORMER);

        context.positions().handle(outOfRange(20));

        assertThat(isResetAfter(RECREATED)).isFalse();
        assertThat(isResetAfter(RECREATED)).isFalse();
        assertThat(seeks).containsExactly(0L);
    }

    /** The records that were read since are those of the new topic. */
    @Test
    void topicThatReplacesAnUnreadOne_isNotReadAgain() {
        position = 0;
        assertThat(isResetAfter(FORMER)).isFalse();
        assertThat(isResetAfter(FORMER)).isFalse();
        deliver(0, 4);
        position = 5;

        assertThat(isResetAfter(RECREATED)).isFalse();
        assertThat(isResetAfter(RECREATED)).isFalse();

        assertThat(seeks).isEmpty();
    }

    /** The first known id may be that of a former topic. */
    @Test
    void idThatWasReadBeforeTheAssignment_isNotCompared() {
        states.identify(Map.of(PARTITION.topic(), FORMER), nanos);
        nanos += INTERVAL;
        assertThat(context.positions().resetRecreated()).isFalse();

        assertThat(isResetAfter(RECREATED)).isFalse();
    }

    /** Reads the id of the topic, then compares it. */
    private boolean isResetAfter(Uuid id) {
        nanos += INTERVAL;
        states.identify(Map.of(PARTITION.topic(), id), nanos);
        nanos += INTERVAL;
        return context.positions().resetRecreated();
    }

    /** As after the topic was recreated with the same leader. */
    @Test
    void positionAfterTheEnd_readingStartsAgain_andLowerOffsetsAreCommitted() {
        deliver(0, 19);
        partition.acknowledged();
        partition.committed(20);

        context.positions().handle(outOfRange(20));

        assertThat(seeks).containsExactly(0L);
        assertThat(partition.seekTo()).isEqualTo(OwnedPartition.NONE);
        deliver(0, 11);
        assertThat(partition.toCommit()).isEqualTo(12);
    }

    @Test
    void positionAfterTheEnd_atStart_theNewPositionIsCommitted() {
        context.positions().handle(outOfRange(500));

        assertThat(seeks).containsExactly(0L);
        assertThat(partition.toCommit()).isZero();
    }

    @Test
    void positionAfterTheEnd_formerOffsetThatIsNotCommitted_isNeverCommitted() {
        deliver(0, 19);
        partition.acknowledged();

        context.positions().handle(outOfRange(20));

        assertThat(partition.toCommit()).isZero();
    }

    /** As after the marker of a transaction. */
    @Test
    void positionAfterTheLastRecord_isCommittable_onceASecond() {
        deliver(0, 9);
        partition.acknowledged();
        partition.committed(10);
        nanos = INTERVAL - 1;
        context.positions().skipGaps();
        assertThat(partition.toCommit()).isEqualTo(OwnedPartition.NONE);

        nanos = INTERVAL;
        context.positions().skipGaps();
        assertThat(partition.toCommit()).isEqualTo(12);

        partition.committed(12);
        position = 14;
        nanos = 2 * INTERVAL - 1;
        context.positions().skipGaps();
        assertThat(partition.toCommit()).isEqualTo(OwnedPartition.NONE);
    }

    /** Records may have been appended while the group owned the partition and had nothing to commit. */
    @Test
    void noCommittedOffset_latest_skippedOffsetsAreLogged() {
        context = context(OffsetReset.LATEST);
        begin = 4;
        try (Warnings warnings = new Warnings(PositionReset.class.getName())) {
            context.positions().handle(new NoOffsetForPartitionException(Set.of(PARTITION)));
            begin = 12;
            context.positions().handle(new NoOffsetForPartitionException(Set.of(PARTITION)));

            assertThat(warnings.lines())
                    .containsExactly("Partition events-0: no committed offset; autoOffsetReset=latest skips offsets"
                            + " 4 to 11, which Kafka still has");
        }
        assertThat(seeks).containsExactly(12L, 12L);
    }

    /** Otherwise each poll would throw, and the consumer would not read its other partitions. */
    @ParameterizedTest
    @CsvSource({"EARLIEST, false", "LATEST, true"})
    void noCommittedOffset_withoutALeader_positionIsSetOnceThereIsOne(OffsetReset reset, boolean toEnd) {
        context = context(reset);
        hasNoLeader = true;

        context.positions().handle(new NoOffsetForPartitionException(Set.of(PARTITION)));

        assertThat(later).containsExactly("[events-0] " + toEnd);
        assertThat(seeks).isEmpty();
    }

    /** Otherwise retention deletes the last marker of an idle partition as if a record had expired. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void revokedPartition_sinkCommitsPastTheLastMarker_ifTheConsumerUnsubscribes(boolean unsubscribes) {
        deliver(0, 9);
        IdleSink sink = new IdleSink();
        sink.position = 10;
        sink.follows = true;
        partition.claim(sink);
        ConsumerRebalanceListener listener = (ConsumerRebalanceListener) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ConsumerRebalanceListener.class},
                (proxy, method, given) -> null);

        context.positions().unsubscribing(unsubscribes);
        new RebalanceHandler(listener, context).onPartitionsRevoked(Set.of(PARTITION));

        assertThat(sink.gap)
                .as("within a poll, the records before the position may not be delivered yet")
                .isEqualTo(unsubscribes ? 12 : OwnedPartition.NONE);
    }
}
