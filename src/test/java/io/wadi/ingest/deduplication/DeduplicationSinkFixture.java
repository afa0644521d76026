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
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A sink of one partition of an inbox, with simulated records, transactions and restorations. */
abstract class DeduplicationSinkFixture {
    static final int EVENTS = 10;
    static final Topic TOPIC = Topics.parse(
                    "topics: [{name: t, partitions: 1, deduplicate: {within: 1h}, ingest: {over: [events]}}]")
            .find("t")
            .orElseThrow();
    static final long WINDOW_MS = TOPIC.deduplication().within().toMillis();
    static final TopicPartition INBOX = new TopicPartition(TOPIC.inbox(), 0);

    final IdLimit limit = new IdLimit(1000, 1000);
    final List<ConsumerRecord<byte[], ByteBuffer>> log = new ArrayList<>();
    final List<Answer> answers = new ArrayList<>();
    final List<Long> restoredAt = new ArrayList<>();
    static final int MAX_DIRECT = 5;

    /** The outcomes of direct events. */
    final List<String> outcomes = new ArrayList<>();

    final DirectQueues direct = new DirectQueues(MAX_DIRECT, Long.MAX_VALUE, this::timeMs);
    final Kafka kafka = new Kafka();
    final SinkConsumer consumer = new SinkConsumer(
            INBOX,
            kafka,
            batch -> batch.sink(DeduplicationSink.class, first -> DeduplicationSink.open(first, TOPIC, context()))
                    .append(batch));
    long timeMs = Duration.ofDays(20_000).toMillis();
    long forwarded;
    /** The number of offsets without records at the end of the log, such as of transaction markers. */
    int markers;

    boolean isRestoring;
    /** Whether the next restoration does not find a class, such as while the jar is being replaced. */
    boolean isIncomplete;

    /** Whether the number of the topic's partitions cannot be read. */
    boolean isUnavailable;

    final List<Runnable> restorations = new ArrayList<>();

    long timeMs() {
        return timeMs;
    }

    DeduplicationSink.Context context() {
        return context(
                this::restore,
                task -> {
                    if (isRestoring) {
                        restorations.add(task);
                    } else {
                        task.run();
                    }
                },
                limit,
                this::partitions,
                direct,
                () -> timeMs);
    }

    private int partitions(Topic topic) {
        if (isUnavailable) {
            throw new TimeoutException("no broker");
        }
        return topic.partitions();
    }

    /** Returns the context of a sink. */
    static DeduplicationSink.Context context(
            DeduplicationSink.StateReader reader,
            Executor restore,
            IdLimit limit,
            ToIntFunction<Topic> partitions,
            DirectQueues direct,
            LongSupplier timeMs) {
        return new DeduplicationSink.Context(
                reader,
                restore,
                limit,
                new DeadLetterSender("dead", Producers::inMemory),
                "deduplication",
                partitions,
                direct,
                timeMs);
    }

    FirstEvents restore(Topic topic, int partition, long atMs) {
        restoredAt.add(atMs);
        if (isIncomplete) {
            isIncomplete = false;
            throw new NoClassDefFoundError("org/apache/kafka/clients/consumer/KafkaConsumer");
        }
        FirstEvents state = new FirstEvents(limit);
        answers.forEach(each -> FirstEventsReader.add(topic, each, atMs - WINDOW_MS, state, limit));
        return state;
    }

    void event(int id, long atMs) {
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
    long end() {
        return log.isEmpty() ? 0 : log.get(log.size() - 1).offset() + 1 + markers;
    }

    void pollAndCommit() {
        consumer.poll();
        commit();
    }

    void commit() {
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

    void pass(Duration time) {
        timeMs += time.toMillis();
        pollAndCommit();
    }

    void firstEvents() {
        for (int i = 0; i < EVENTS; i++) {
            event(i, timeMs);
        }
        pollAndCommit();
        assertThat(forwarded).isEqualTo(EVENTS);
        assertThat(limit.ids()).isEqualTo(EVENTS);
    }

    /** Offers a direct event. Returns whether it bypasses the inbox. */
    boolean offer(int id) {
        DirectQueue queue = direct.find(INBOX);
        return queue != null && queue.offer(direct(id, 0));
    }

    DirectEvent direct(int id, int partition) {
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
    final class Kafka extends SinkConsumer.Partition {
        GroupOffset.Committed committed = GroupOffset.Committed.NONE;
        TransactionPart joined;
        /** Whether Kafka rejects commits for now. */
        boolean isRebalancing = true;

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
