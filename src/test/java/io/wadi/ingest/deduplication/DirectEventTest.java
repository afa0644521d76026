package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.ingest.deduplication.DirectQueues.DirectQueue;
import io.wadi.kafka.Producers;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events that bypass the inbox. */
class DirectEventTest extends InboxSenderFixture {
    @Test
    void eventOfAnOwnedPartition_bypassesTheInbox_whileATransactionIsInProgress() {
        DirectQueue queue = own();
        send("k1", "a");
        send("k1", "b");
        send("k2", "c");
        assertThat(producer.history()).isEmpty();
        List<DirectEvent> events = queue.take();
        assertThat(events).extracting(DirectEvent::timeMs).containsOnly(FIRST_MS);

        events.get(0).answered(stored("k1", "a", 1, 42));
        assertThat(outcomes).containsExactly("t-1@42");
        events.get(1).answered(stored("k1", "a", 1, 42));
        assertThat(outcomes).hasSize(2).last().isInstanceOf(IdConflictException.class);
        events.get(2).answered(Answer.refused(Answer.Kind.FULL, id("k2"), digest("c"), "full"));

        assertThat(outcomes).hasSize(3).last().isInstanceOf(RetriableException.class);
        assertThat(pending()).isZero();
    }

    /** Its next owner gets it from there. */
    @Test
    void directEventThatIsReturned_isSentToTheInbox() {
        DirectQueue queue = own();
        send("k1", "a");
        send("k2", "b");
        List<DirectEvent> events = queue.close();
        events.get(0).forward();
        assertThat(sender.pending().isAnyInInbox()).isFalse();

        events.forEach(DirectEvent::returned);
        send("k3", "c");

        assertThat(producer.history()).extracting(ProducerRecord::topic).containsOnly("t.inbox");
        assertThat(producer.history())
                .extracting(ProducerRecord::key)
                .containsExactly(bytes("k1"), bytes("k2"), bytes("k3"));
        acknowledge();
        answer(stored("k1", "a", 0, 7));
        assertThat(outcomes).containsExactly("t-0@7");
        assertThat(pending()).isEqualTo(2);
        assertThat(sender.pending().isAnyInInbox()).isTrue();
    }

    /** While there are none, answers need not be read. */
    @Test
    void eventsInTheInbox_areCountedUntilTheyComplete() {
        DirectQueue queue = own();
        send("k1", "direct");
        queue.close();
        assertThat(sender.pending().isAnyInInbox()).isFalse();
        send("k1", "answered");
        send("k2", "failed");
        send("k3", "refused");
        send("k4", "late");

        producer.completeNext();
        producer.errorNext(new TimeoutException("no broker"));
        acknowledge();
        answer(stored("k1", "answered", 0, 1));
        answer(Answer.refused(Answer.Kind.FULL, id("k3"), digest("refused"), "full"));
        assertThat(sender.pending().isAnyInInbox()).isTrue();
        nanoTime.addAndGet(WITHIN.plusSeconds(1).toNanos());
        sender.pending().expire();

        assertThat(pending()).isZero();
        assertThat(sender.pending().isAnyInInbox()).isFalse();
    }

    /** The answer is for the same id of another process. */
    @Test
    void answerBeforeThatOfADirectEvent_isApplied() {
        DirectQueue queue = own();
        send("k1", "a");
        DirectEvent event = queue.take().get(0);
        answer(stored("k1", "a", 0, 7));
        assertThat(outcomes).isEmpty();

        event.answered(stored("k1", "a", 0, 7));

        assertThat(outcomes).containsExactly("t-0@7");
    }

    @Test
    void eventsOfOtherPartitions_areSentToTheInbox() {
        DirectQueue queue = own();
        MockProducer<Object, Object> four = Producers.uncompleted(TOPIC.inbox(), 4);
        List<byte[]> bypassing = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String id = "k" + i;
            sender.send(four, record(id, "a"), this::completed);
            queue.take().forEach(event -> {
                bypassing.add(bytes(id));
                event.answered(stored(id, "a", 0, 7));
            });
        }

        assertThat(bypassing).isNotEmpty().allMatch(id -> InboxRecords.partition(id, 4) == 0);
        assertThat(four.history())
                .hasSize(40 - bypassing.size())
                .noneMatch(sent -> InboxRecords.partition((byte[]) sent.key(), 4) == 0);
    }

    @Test
    void withoutMetadataOfTheInbox_noEventIsDirect() {
        DirectQueue queue = own();

        sender.send(Producers.withoutMetadata(), record("k1", "a"), this::completed);

        assertThat(queue.take()).isEmpty();
        assertThat(pending()).isOne();
    }

    /** The client has its response, and may send the event again. */
    @Test
    void directEventThatIsReturnedLate_isNotSentToTheInbox() {
        DirectQueue queue = own();
        send("k1", "a");
        nanoTime.addAndGet(WITHIN.plusSeconds(1).toNanos());
        sender.pending().expire();
        assertThat(outcomes).singleElement().isInstanceOf(TimeoutException.class);

        queue.close().forEach(DirectEvent::returned);

        assertThat(producer.history()).isEmpty();
        assertThat(pending()).isZero();
    }

    /** The producer of the inbox and that of the transactions accept different sizes. */
    @ParameterizedTest
    @CsvSource({"t, 60000, true", "t, 61440, false", "small, 1200, true", "small, 1600, false"})
    void largeEvents_areSentToTheInbox(String topic, int valueBytes, boolean isDirect) {
        DirectQueues unlimited = new DirectQueues(5, Long.MAX_VALUE, () -> FIRST_MS);
        DirectQueue queue = unlimited.add(new TopicPartition(topic + ".inbox", 0));
        queue.open();
        InboxSender sender = new InboxSender(
                TOPICS,
                Properties::new,
                Properties::new,
                () -> unlimited,
                WITHIN,
                new SimpleMeterRegistry(),
                nanoTime::get);
        ProducerRecord<Object, Object> record = new ProducerRecord<>(topic, bytes("key"), new byte[valueBytes]);
        record.headers().add("wadi-id", bytes("k1"));

        sender.send(Producers.uncompleted(topic + ".inbox", 1), record, this::completed);

        assertThat(queue.take()).hasSize(isDirect ? 1 : 0);
    }

    /** They may outlast their requests. */
    @Test
    void directEvents_haveALimitOfMemory() {
        DirectQueue queue = own();
        String large = "a".repeat(1_500);
        send("k1", large);
        send("k2", large);
        assertThat(queue.take()).singleElement().satisfies(event -> {
            assertThat(producer.history()).hasSize(1);
            event.answered(stored("k1", large, 0, 7));
        });

        send("k3", large);

        assertThat(queue.take()).hasSize(1);
        assertThat(producer.history()).hasSize(1);
    }
}
