package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
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
