package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.deduplication.DirectQueues.DirectQueue;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.Producers;
import io.wadi.kafka.TransactionPart;
import io.wadi.kafka.consumer.SinkConsumer;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** A partition without events for some time. */
class DeduplicationSinkTest {
    private static final int EVENTS = 10;
    private static final Topic TOPIC = Topics.parse(
                    "topics: [{name: t, partitions: 1, deduplicate: {within: 1h}, ingest: {over: [events]}}]")
            .find("t")
            .orElseThrow();
    private static final long WINDOW_MS = TOPIC.deduplication().within().toMillis();
    private static final TopicPartition INBOX = new TopicPartition(TOPIC.inbox(), 0);

    private final IdLimit limit = new IdLimit(1000, 1000);
    private final List<ConsumerRecord<byte[], ByteBuffer>> log = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private final List<Long> restoredAt = new ArrayList<>();
    private static final int MAX_DIRECT = 5;

    /** The outcomes of direct events. */
    private final List<String> outcomes = new ArrayList<>();

    private final DirectQueues direct = new DirectQueues(MAX_DIRECT, Long.MAX_VALUE, this::timeMs);
    private final Kafka kafka = new Kafka();
    private final SinkConsumer consumer = new SinkConsumer(
            INBOX,
            kafka,
            batch -> batch.sink(DeduplicationSink.class, first -> DeduplicationSink.open(first, TOPIC, context()))
                    .append(batch));
    private long timeMs = Duration.ofDays(20_000).toMillis();
    private long forwarded;
    /** The number of offsets without records at the end of the log, such as of transaction markers. */
    private int markers;

    private boolean isRestoring;
    /** Whether the next restoration does not find a class, such as while the jar is being replaced. */
    private boolean isIncomplete;

    private final List<Runnable> restorations = new ArrayList<>();

    private long timeMs() {
        return timeMs;
    }

    private DeduplicationSink.Context context() {
        return new DeduplicationSink.Context(
                this::restore,
                task -> {
                    if (isRestoring) {
                        restorations.add(task);
                    } else {
                        task.run();
                    }
                },
                limit,
                new DeadLetterSender("dead", Producers::inMemory),
                "deduplication",
                Topic::partitions,
                direct,
                () -> timeMs);
    }

    private FirstEvents restore(Topic topic, int partition, long atMs) {
        restoredAt.add(atMs);
        if (isIncomplete) {
            isIncomplete = false;
            throw new NoClassDefFoundError("org/apache/kafka/clients/consumer/KafkaConsumer");
        }
        FirstEvents state = new FirstEvents(limit);
        answers.forEach(each -> FirstEventsReader.add(topic, each, atMs - WINDOW_MS, state, limit));
        return state;
    }

    private void event(int id, long atMs) {
        byte[] key = ("~~" + id).getBytes(UTF_8);
        log.add(new ConsumerRecord<>(
                INBOX.topic(),
                INBOX.partition(),
                end(),
                atMs,
                TimestampType.LOG_APPEND_TIME,
                -1,
                -1,
                key,
                ByteBuffer.wrap(key),
                new RecordHeaders().add("wadi-id", key),
                Optional.empty()));
    }

    /** Returns the offset after the last record and the markers after it. */
    private long end() {
        return log.isEmpty() ? 0 : log.get(log.size() - 1).offset() + 1 + markers;
    }

    private void pollAndCommit() {
        consumer.poll();
        commit();
    }

    private void commit() {
        consumer.beforeTransaction();
        if (kafka.joined != null) {
            TransactionPart part = kafka.joined;
            kafka.joined = null;
            List<RecordMetadata> locations = part.records().stream()
                    .map(each -> new RecordMetadata(new TopicPartition(TOPIC.name(), 0), forwarded++, 0, 0, -1, -1))
                    .toList();
            for (ProducerRecord<Object, Object> answer : part.next(locations)) {
                answers.addAll(Answers.decode((byte[]) answer.value()));
            }
            kafka.committed = part.offset();
            part.committed();
        }
    }

    private void pass(Duration time) {
        timeMs += time.toMillis();
        pollAndCommit();
    }

    private void firstEvents() {
        for (int i = 0; i < EVENTS; i++) {
            event(i, timeMs);
        }
        pollAndCommit();
        assertThat(forwarded).isEqualTo(EVENTS);
        assertThat(limit.ids()).isEqualTo(EVENTS);
    }

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

    /** Offers a direct event. Returns whether it bypasses the inbox. */
    private boolean offer(int id) {
        DirectQueue queue = direct.find(INBOX);
        return queue != null && queue.offer(direct(id, 0));
    }

    private DirectEvent direct(int id, int partition) {
        byte[] key = ("~~" + id).getBytes(UTF_8);
        ProducerRecord<Object, Object> sent = new ProducerRecord<>(TOPIC.name(), partition, null, key);
        sent.headers().add("wadi-id", key);
        return new DirectEvent(
                sent,
                Digest.ofId(TOPIC.name(), key),
                InboxRecords.digest(sent),
                InboxRecords.sender(key),
                1,
                timeMs,
                new DirectEvent.Origin() {
                    @Override
                    public void answered(DirectEvent event, Answer answer) {
                        outcomes.add(
                                answer.kind() == Answer.Kind.STORED
                                        ? id + " at " + answer.first().offset()
                                        : id + " " + answer.reason());
                    }

                    @Override
                    public void returned(DirectEvent event) {
                        outcomes.add(id + " returned");
                    }
                });
    }

    /** One partition with the group's offset. */
    private final class Kafka extends SinkConsumer.Partition {
        private GroupOffset.Committed committed = GroupOffset.Committed.NONE;
        private TransactionPart joined;
        /** Whether Kafka rejects commits for now. */
        private boolean isRebalancing = true;

        @Override
        public long next(long offset) {
            return log.stream().allMatch(each -> each.offset() < offset) ? end() : offset;
        }

        @Override
        public boolean commit(Committed offset) {
            assertThat(joined).as("a part whose outcome is unknown").isNull();
            committed = isRebalancing ? committed : offset;
            return !isRebalancing;
        }

        @Override
        public List<ConsumerRecord<byte[], ByteBuffer>> fetch(long offset) {
            return log.stream().filter(each -> each.offset() >= offset).toList();
        }

        @Override
        public Committed read() {
            return committed;
        }

        @Override
        public void join(TransactionPart part) {
            joined = part;
        }
    }
}
