package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A partition without events for some time. */
class DeduplicationSinkTest extends DeduplicationSinkFixture {
    /** Otherwise they would count towards the limit of all topics. */
    @Test
    void idsOfAnIdlePartition_expire() {
        firstEvents();

        pass(Duration.ofMillis(WINDOW_MS));
        assertThat(limit.ids()).as("clocks of brokers may differ").isEqualTo(EVENTS);
        pass(FirstEventsReader.CLOCKS.multipliedBy(2).plusMillis(1));

        assertThat(limit.ids()).isZero();
        event(0, timeMs);
        pollAndCommit();
        assertThat(forwarded).isEqualTo(EVENTS + 1);
        assertThat(restoredAt).hasSize(1);
    }

    /** Otherwise the partition would wait for the ids forever. */
    @Test
    void restorationThatFailsWithAnError_isRepeated() {
        isIncomplete = true;
        event(0, timeMs);
        for (int poll = 0; poll < 4; poll++) {
            pollAndCommit();
        }

        assertThat(restoredAt).hasSize(2);
        assertThat(forwarded).isOne();
    }

    /** Such events were in Kafka while its broker could not be reached. */
    @Test
    void eventFromBeforeTheIdleTime_restoresTheIdsOfItsWindow() {
        firstEvents();
        long eventMs = timeMs + WINDOW_MS - 1;
        pass(Duration.ofMillis(3 * WINDOW_MS));
        assertThat(limit.ids()).isZero();

        event(0, eventMs);
        pollAndCommit();
        pollAndCommit();

        assertThat(kafka.committed.offset()).isEqualTo(EVENTS + 1);
        assertThat(forwarded).as("it is a retry").isEqualTo(EVENTS);
        assertThat(restoredAt).hasSize(2).last().isEqualTo(eventMs);
    }

    @Test
    void lagOfTheFirstEvent_isNoIdleTime() {
        event(0, timeMs);
        timeMs += 3 * WINDOW_MS;
        isRestoring = true;
        pollAndCommit();
        isRestoring = false;
        pollAndCommit();
        timeMs += WINDOW_MS;
        restorations.forEach(Runnable::run);

        pollAndCommit();

        assertThat(forwarded).isEqualTo(1);
        assertThat(restoredAt).hasSize(1);
    }

    /** Otherwise a group that has read the whole inbox would have a lag. */
    @Test
    void markersAtTheEndOfTheInbox_areCommittedPast() {
        firstEvents();
        markers = 2;
        for (int poll = 0; poll < 3; poll++) {
            pollAndCommit();
        }
        assertThat(kafka.committed.offset()).isEqualTo(EVENTS);

        kafka.isRebalancing = false;
        pollAndCommit();
        assertThat(kafka.committed.offset()).isEqualTo(EVENTS + 2);

        event(0, timeMs);
        markers = 0;
        event(EVENTS, timeMs);
        pollAndCommit();
        assertThat(kafka.committed.offset()).isEqualTo(EVENTS + 4);
        assertThat(forwarded).isEqualTo(EVENTS + 1);
        assertThat(restoredAt).hasSize(1);
    }
}
