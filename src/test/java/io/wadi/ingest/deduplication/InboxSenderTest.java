package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.deduplication.Answer.Kind;
import io.wadi.kafka.Producers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Which answers complete which events; the protocol on real brokers is tested by DeduplicationIT. */
class InboxSenderTest extends InboxSenderFixture {
    @Test
    void event_isSentToTheInbox_andGetsTheLocationOfTheFirst() {
        send("k1", "a");
        assertThat(producer.history()).singleElement().satisfies(sent -> {
            assertThat(sent.topic()).isEqualTo("t.inbox");
            assertThat(sent.key()).isEqualTo(bytes("k1"));
            assertThat(sent.value()).isEqualTo(bytes("a"));
        });
        producer.completeNext();
        assertThat(outcomes).as("Kafka's acknowledgement is no answer").isEmpty();
        assertThat(pending()).isEqualTo(1);

        answer(stored("k1", "a", 1, 42));

        assertThat(outcomes).containsExactly("t-1@42");
        assertThat(pending()).isZero();
    }

    @Test
    void answerBeforeTheAcknowledgment_completesTheEventOnceWithIt() {
        send("k1", "a");
        answer(stored("k1", "a", 0, 7));
        answer(stored("k1", "a", 0, 7));
        assertThat(outcomes).as("the time of its append is unknown").isEmpty();

        producer.completeNext();

        assertThat(outcomes).containsExactly("t-0@7");
        assertThat(pending()).isZero();
    }

    @Test
    void answerBeforeAFailureOfTheSend_doesNotCompleteTheEvent() {
        send("k1", "a");
        answer(stored("k1", "a", 0, 7));

        producer.errorNext(new TimeoutException("late"));

        assertThat(outcomes).singleElement().isInstanceOf(TimeoutException.class);
        assertThat(pending()).isZero();
    }

    @Test
    void answerBeforeTheAcknowledgment_ofAnEventAppendedAfterTheWindow_doesNotCompleteIt() {
        Queue<Callback> callbacks = new ArrayDeque<>();
        MockProducer<Object, Object> unacknowledged = Producers.uncompleted(callbacks);
        sender.send(unacknowledged, record("k1", "a"), this::completed);
        sender.send(unacknowledged, record("k1", "b"), this::completed);
        long endMs = FIRST_MS + TOPIC.deduplication().within().toMillis();

        answer(stored("k1", "a", 0, 1));
        callbacks.remove().onCompletion(appended(endMs - 1), null);
        assertThat(outcomes).containsExactly("t-0@1");
        callbacks.remove().onCompletion(appended(endMs), null);
        assertThat(outcomes).hasSize(1);
        answer(Answer.stored(id("k1"), new First(0, 2, endMs, digest("b"), 0)));

        assertThat(outcomes).last().isEqualTo("t-0@2");
        assertThat(pending()).isZero();
    }

    @Test
    void answersOfTwoWindows_beforeTheAcknowledgment_completeTheEventWithThatOfItsWindow() {
        Queue<Callback> callbacks = new ArrayDeque<>();
        sender.send(Producers.uncompleted(callbacks), record("k1", "b"), this::completed);
        long endMs = FIRST_MS + TOPIC.deduplication().within().toMillis();

        answer(stored("k1", "a", 0, 1));
        answer(Answer.stored(id("k1"), new First(0, 2, endMs, digest("b"), 0)));
        callbacks.remove().onCompletion(appended(endMs), null);

        assertThat(outcomes).containsExactly("t-0@2");
    }

    @Test
    void eventsOfOneId_getItsAnswer_andThoseWithAnotherValueAConflict() {
        send("k1", "a");
        send("k1", "b");
        send("k1", "a");
        send("k2", "a");
        acknowledge();

        answer(stored("k1", "a", 1, 42));

        assertThat(outcomes.get(0)).isEqualTo("t-1@42");
        assertThat(outcomes.get(1)).isInstanceOfSatisfying(IdConflictException.class, conflict -> {
            assertThat(conflict.first().offset()).isEqualTo(42);
            assertThat(conflict).hasMessage("another event has this id: t-1@42");
        });
        assertThat(outcomes.get(2)).isEqualTo("t-1@42");
        assertThat(outcomes).as("k2 has no answer").hasSize(3);
        assertThat(pending()).isEqualTo(1);
    }

    @Test
    void rejection_appliesOnlyToItsEvent_notToOthersWithTheSameId() {
        send("k1", "large");
        send("k1", "small");
        acknowledge();

        answer(Answer.refused(Kind.REJECTED, id("k1"), digest("large"), "the record is too large"));

        assertThat(outcomes)
                .singleElement()
                .isInstanceOfSatisfying(
                        InvalidRecordException.class,
                        refused -> assertThat(refused).hasMessage("the record is too large"));
        answer(stored("k1", "small", 0, 3));
        assertThat(outcomes).last().isEqualTo("t-0@3");
    }

    @Test
    void fullState_isARetriableFailure_andNamesTheSetting() {
        send("k1", "a");

        answer(Answer.refused(Kind.FULL, id("k1"), digest("a"), "the limit of ids is reached"));

        assertThat(outcomes)
                .singleElement()
                .isInstanceOfSatisfying(
                        RetriableException.class,
                        full -> assertThat(full)
                                .hasMessage("topic t: the event is not stored, the limit of ids is reached"
                                        + " (wadi.deduplication.max-ids); send it again later"));
    }

    @Test
    void failedSend_failsOnlyItsEvent() {
        send("k1", "a");
        send("k1", "a");

        producer.errorNext(new TimeoutException("no broker"));

        assertThat(outcomes).singleElement().isInstanceOf(TimeoutException.class);
        producer.completeNext();
        answer(stored("k1", "a", 0, 1));
        assertThat(outcomes).last().isEqualTo("t-0@1");
    }

    @Test
    void eventWithoutAnAnswerWithinTheTimeout_fails_andALaterOneDoesNot() {
        send("k1", "a");
        nanoTime.addAndGet(WITHIN.toNanos());
        send("k1", "a");
        sender.pending().expire();
        assertThat(outcomes).isEmpty();

        nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
        sender.pending().expire();

        assertThat(outcomes)
                .singleElement()
                .isInstanceOfSatisfying(
                        TimeoutException.class,
                        late -> assertThat(late)
                                .hasMessage("no answer of deduplication within 10s; the same event may be sent again"));
        assertThat(pending()).as("the later event").isEqualTo(1);
    }

    @Test
    void eventsBeyondTheLimitOfAnId_areNotSent_andGetItsAnswer() {
        for (int i = 0; i < PendingEvents.MAX_OF_AN_ID + 50; i++) {
            send("k1", "a");
        }
        send("k1", "b");
        send("k2", "a");

        assertThat(producer.history()).hasSize(PendingEvents.MAX_OF_AN_ID + 1);
        answer(stored("k1", "a", 0, 7));
        assertThat(outcomes).isEmpty();
        acknowledge();

        assertThat(outcomes).hasSize(PendingEvents.MAX_OF_AN_ID + 51).last().isInstanceOf(IdConflictException.class);
        assertThat(outcomes.subList(0, PendingEvents.MAX_OF_AN_ID + 50)).containsOnly("t-0@7");
        assertThat(pending()).as("k2").isEqualTo(1);
    }

    @Test
    void eventsBeyondTheLimitOfAnId_mayBeSentAgain_ifNoneOfTheSentIsStored() {
        for (int i = 0; i <= PendingEvents.MAX_OF_AN_ID; i++) {
            send("k1", "a" + i);
        }
        for (int i = 0; i < PendingEvents.MAX_OF_AN_ID; i++) {
            assertThat(outcomes).hasSize(i);
            answer(Answer.refused(Kind.REJECTED, id("k1"), digest("a" + i), "the record is too large"));
        }

        assertThat(outcomes)
                .hasSize(PendingEvents.MAX_OF_AN_ID + 1)
                .last()
                .isInstanceOfSatisfying(
                        RetriableException.class,
                        many -> assertThat(many)
                                .hasMessage("the event is not stored: 100 events with its id were sent before it, and"
                                        + " none of them is stored; send it again later"));
        assertThat(pending()).isZero();
    }

    @Test
    void failedSends_makeRoomForFurtherEventsOfTheId() {
        for (int i = 0; i <= PendingEvents.MAX_OF_AN_ID; i++) {
            send("k1", "a" + i);
        }
        answer(Answer.refused(Kind.FULL, id("k1"), digest("a50"), "the limit of ids is reached"));
        send("k1", "b");
        assertThat(producer.history()).hasSize(PendingEvents.MAX_OF_AN_ID + 1);
        acknowledge();

        answer(stored("k1", "b", 0, 1));

        assertThat(outcomes).hasSize(2 + PendingEvents.MAX_OF_AN_ID).last().isEqualTo("t-0@1");
    }

    @Test
    void eventAppendedAfterTheWindow_getsItsOwnAnswer() {
        AtomicLong timeMs = new AtomicLong(FIRST_MS);
        MockProducer<Object, Object> timed = Producers.appendingAt(timeMs::get);
        sender.send(timed, record("k1", "a"), this::completed);
        sender.send(timed, record("k1", "a"), this::completed);
        timeMs.addAndGet(TOPIC.deduplication().within().toMillis());
        sender.send(timed, record("k1", "b"), this::completed);

        answer(stored("k1", "a", 0, 1));
        assertThat(outcomes).containsExactly("t-0@1", "t-0@1");
        answer(Answer.stored(id("k1"), new First(0, 2, timeMs.get(), digest("b"), 0)));

        assertThat(outcomes).last().isEqualTo("t-0@2");
        assertThat(pending()).isZero();
    }

    /** While the window is changed in one process after the other, flows of other processes have another window. */
    @Test
    void windowOfTheFlow_determinesTheEventsOfAnAnswer() {
        AtomicLong timeMs = new AtomicLong(FIRST_MS);
        MockProducer<Object, Object> timed = Producers.appendingAt(timeMs::get);
        timeMs.addAndGet(Duration.ofHours(2).toMillis());
        sender.send(timed, record("k1", "a"), this::completed);
        sender.pending().answered(TOPIC, Duration.ofHours(3).toMillis(), stored("k1", "a", 0, 1));
        assertThat(outcomes).as("a longer window").containsExactly("t-0@1");

        timeMs.set(FIRST_MS + Duration.ofMinutes(30).toMillis());
        sender.send(timed, record("k2", "a"), this::completed);
        sender.pending().answered(TOPIC, Duration.ofMinutes(10).toMillis(), stored("k2", "a", 0, 2));
        assertThat(outcomes).as("a shorter window").hasSize(1);
        answer(Answer.stored(id("k2"), new First(0, 3, timeMs.get(), digest("a"), 0)));
        assertThat(outcomes).last().isEqualTo("t-0@3");
    }

    @Test
    void eventThatIsNotSent_afterOneAppendedAfterTheWindow_getsItsAnswer() {
        AtomicLong timeMs = new AtomicLong(FIRST_MS);
        MockProducer<Object, Object> timed = Producers.appendingAt(timeMs::get);
        sender.send(timed, record("k1", "a"), this::completed);
        timeMs.addAndGet(TOPIC.deduplication().within().toMillis());
        for (int i = 0; i < PendingEvents.MAX_OF_AN_ID; i++) {
            sender.send(timed, record("k1", "a"), this::completed);
        }
        assertThat(timed.history()).hasSize(PendingEvents.MAX_OF_AN_ID);

        answer(stored("k1", "a", 0, 1));
        assertThat(outcomes).containsExactly("t-0@1");
        answer(Answer.stored(id("k1"), new First(0, 2, timeMs.get(), digest("a"), 0)));

        assertThat(outcomes).hasSize(1 + PendingEvents.MAX_OF_AN_ID).last().isEqualTo("t-0@2");
    }

    @Test
    void eventsWithoutAnId_andOfOtherTopics_areSentDirectly() {
        sender.send(producer, new ProducerRecord<>("t", 0, bytes("key"), bytes("a")), this::completed);
        ProducerRecord<Object, Object> plain = new ProducerRecord<>("plain", 0, bytes("key"), bytes("b"));
        plain.headers().add("wadi-id", bytes("k1"));
        sender.send(producer, plain, this::completed);

        assertThat(producer.history()).extracting(ProducerRecord::topic).containsExactly("t", "plain");
        producer.completeNext();
        producer.completeNext();
        assertThat(outcomes).containsExactly("t-0@0", "plain-0@0");
    }
}
