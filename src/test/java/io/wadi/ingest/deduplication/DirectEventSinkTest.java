package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.deduplication.DirectQueues.DirectQueue;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;

/** Direct events of a sink. */
class DirectEventSinkTest extends DeduplicationSinkFixture {
    @Test
    void directEvent_isInTheNextTransaction_andGetsTheAnswerOfTheFirst() {
        firstEvents();
        assertThat(offer(0)).isTrue();
        assertThat(offer(EVENTS)).isTrue();
        assertThat(outcomes).isEmpty();

        commit();

        assertThat(outcomes).containsExactly("0 at 0", EVENTS + " at " + EVENTS);
        assertThat(forwarded).isEqualTo(EVENTS + 1);
        assertThat(kafka.committed.offset()).as("of the inbox").isEqualTo(EVENTS);
        event(EVENTS, timeMs);
        pollAndCommit();
        assertThat(forwarded).as("its retry is in the inbox").isEqualTo(EVENTS + 1);
        assertThat(answers)
                .last()
                .satisfies(answer -> assertThat(answer.first().offset()).isEqualTo(EVENTS));
    }

    /** Otherwise it would wait until the consumer polls again, up to a second. */
    @Test
    void eventWithoutATransactionInProgress_isNotDirect() {
        assertThat(offer(0)).as("no event was read from the inbox").isFalse();
        firstEvents();
        commit();

        assertThat(offer(EVENTS)).isFalse();
    }

    @Test
    void moreDirectEventsThanTheMaximum_areSentToTheInbox() {
        firstEvents();
        for (int i = 0; i < MAX_DIRECT; i++) {
            assertThat(offer(EVENTS + i)).isTrue();
        }
        assertThat(offer(EVENTS + MAX_DIRECT)).isFalse();

        commit();
        assertThat(offer(EVENTS + MAX_DIRECT)).isTrue();
    }

    /** The time of direct events is that of another clock: windows would differ by more than that. */
    @Test
    void eventsAreNotDirect_whileTheInboxIsReadLate() {
        event(0, timeMs - 10_001);
        pollAndCommit();
        assertThat(offer(1)).isFalse();

        event(2, timeMs - 10_000);
        pollAndCommit();
        assertThat(offer(3)).isTrue();
        event(4, timeMs - 10_001);
        consumer.poll();
        assertThat(offer(5)).isFalse();
        commit();

        assertThat(outcomes).containsExactly("3 at 3");
        assertThat(forwarded).isEqualTo(4);
    }

    /** It may be in the inbox of the next owner then. */
    @Test
    void directEventsOfAnAbandonedSink_areReturned() {
        firstEvents();
        offer(EVENTS);
        consumer.beforeTransaction();
        offer(EVENTS + 1);

        consumer.lose();

        assertThat(outcomes).containsExactly(EVENTS + " returned", EVENTS + 1 + " returned");
        assertThat(offer(EVENTS)).isFalse();
        assertThat(limit.ids()).isZero();
    }

    @Test
    void directEvents_areReturned_whileIdsAreRestored() {
        firstEvents();
        offer(EVENTS);
        event(0, timeMs - FirstEventsReader.CLOCKS.toMillis() - 1);

        pollAndCommit();

        assertThat(restoredAt).hasSize(2);
        assertThat(outcomes).containsExactly(EVENTS + " returned");
    }

    /** Its inbox record becomes a dead letter, as that of any other event. */
    @Test
    void directEventForAPartitionThatTheTopicDoesNotHave_isReturned() {
        firstEvents();
        DirectQueue queue = direct.find(INBOX);
        assertThat(queue.offer(direct(EVENTS, TOPIC.partitions()))).isTrue();
        assertThat(queue.offer(direct(EVENTS + 1, TOPIC.partitions() - 1))).isTrue();

        commit();

        assertThat(outcomes).containsExactly(EVENTS + " returned", EVENTS + 1 + " at " + EVENTS);
    }

    @Test
    void directEvents_areReturned_ifTheNumberOfPartitionsCannotBeRead() {
        firstEvents();
        offer(EVENTS);
        isUnavailable = true;

        commit();

        assertThat(outcomes).containsExactly(EVENTS + " returned");
    }

    @Test
    void directEventThatKafkaRejects_getsTheReason() {
        firstEvents();
        offer(EVENTS);
        offer(EVENTS + 1);
        consumer.beforeTransaction();
        kafka.joined.records();
        kafka.joined.rejected(new TreeMap<>(Map.of(0, new RecordTooLargeException("planned"))));

        commit();

        assertThat(outcomes).containsExactly(EVENTS + " planned", EVENTS + 1 + " at " + EVENTS);
        assertThat(limit.ids()).isEqualTo(EVENTS + 1);
    }
}
