package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.deduplication.Answer.Kind;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RejectedSendException;
import io.wadi.kafka.consumer.SinkConsumer;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random schedules of one partition of an inbox: owners that crash at any step, that are frozen and go on beside their
 * successor, commits that fail or whose answers are lost, slow restorations, and events that Kafka rejects.
 */
class DeduplicationSinkRandomTest {
    private static final int SCHEDULES = 3000;
    private static final int WINDOW_MS = 1000;
    private static final Topic TOPIC = Topics.parse("""
                    topics:
                      - {name: t, partitions: 2, deduplicate: {within: 1s}, ingest: {over: [events]}}
                    """).find("t").orElseThrow();
    private static final TopicPartition INBOX = new TopicPartition(TOPIC.inbox(), 1);

    static Stream<Integer> blocks() {
        return IntStream.range(0, 10).boxed();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void everyId_standsOnceInItsWindow_andEveryEventHasTheAnswerOfTheFirst(int block) {
        for (int i = 0; i < SCHEDULES / 10; i++) {
            long seed = block * 1_000_000L + i;
            try {
                new Schedule(seed).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("schedule " + seed + ": " + e, e);
            }
        }
    }

    private static final class Schedule {
        private static final int RECORDS = 80;

        private final Random random;
        private final List<ConsumerRecord<byte[], ByteBuffer>> log = new ArrayList<>();
        private final List<ProducerRecord<Object, Object>> answers = new ArrayList<>();
        /** The inbox's offsets of the topic's committed records, by offset in the topic. */
        private final Map<Long, String> stored = new HashMap<>();

        private final List<Runnable> restorations = new ArrayList<>();
        private final IdLimit limit = new IdLimit(1_000_000);
        private final List<SinkConsumer> members = new ArrayList<>();
        private int faultsIn100;
        private long topicEnd;
        private GroupOffset.Committed committed = GroupOffset.Committed.NONE;
        private int generation;

        Schedule(long seed) {
            random = new Random(seed);
            faultsIn100 = random.nextInt(40);
            long offset = 0;
            long time = 1_000_000;
            for (int i = 0; i < RECORDS; i++) {
                offset += 1 + (random.nextInt(8) == 0 ? random.nextInt(3) : 0);
                time += random.nextInt(random.nextInt(20) == 0 ? WINDOW_MS : 40);
                log.add(event(offset, time));
            }
        }

        private ConsumerRecord<byte[], ByteBuffer> event(long offset, long time) {
            byte[] id = ("~~" + random.nextInt(12)).getBytes(UTF_8);
            RecordHeaders headers = new RecordHeaders();
            headers.add("wadi-id", id);
            if (random.nextBoolean()) {
                headers.add("wadi-inbox-key", "key".getBytes(UTF_8));
            }
            String value = random.nextInt(10) == 0 ? "poison" : "value" + (random.nextInt(4) == 0 ? 1 : 0);
            return new ConsumerRecord<>(
                    INBOX.topic(),
                    INBOX.partition(),
                    offset,
                    time,
                    TimestampType.LOG_APPEND_TIME,
                    -1,
                    -1,
                    id,
                    ByteBuffer.wrap(value.getBytes(UTF_8)),
                    headers.add("n", Long.toString(offset).getBytes(UTF_8)),
                    Optional.empty());
        }

        void run() {
            SinkConsumer member = member();
            SinkConsumer former = null;
            for (int step = 0; step < 120; step++) {
                switch (random.nextInt(12)) {
                    case 0 -> {
                        former = member; // frozen, and not notified
                        member = member();
                    }
                    case 1 -> {
                        if (random.nextBoolean()) {
                            member.revoke();
                        }
                        member = member();
                    }
                    case 2, 3 -> {
                        if (former != null) {
                            former.poll();
                        }
                    }
                    case 4 -> restore();
                    default -> member.poll();
                }
            }
            faultsIn100 = 0;
            for (int i = 0; committed.offset() <= log.get(RECORDS - 1).offset() && i < 1000; i++) {
                member.poll();
                restore();
            }
            check();
            members.forEach(SinkConsumer::lose);
            restore();
            assertThat(limit.ids()).isZero();
        }

        private void restore() {
            List<Runnable> all = List.copyOf(restorations);
            restorations.clear();
            all.forEach(Runnable::run);
        }

        private SinkConsumer member() {
            DeduplicationSink.Context context = new DeduplicationSink.Context(
                    (topic, partition, atMs) -> state(atMs),
                    task -> {
                        if (random.nextBoolean()) {
                            restorations.add(task);
                        } else {
                            task.run();
                        }
                    },
                    limit,
                    new DeadLetterSender("dead", Producers::inMemory),
                    "deduplication");
            SinkConsumer member = new SinkConsumer(
                    INBOX,
                    new Membership(++generation),
                    batch -> batch.sink(DeduplicationSink.class, first -> DeduplicationSink.open(first, TOPIC, context))
                            .append(batch));
            members.add(member);
            return member;
        }

        /** What {@link FirstEventsReader} reads: the committed answers. */
        private FirstEvents state(long atMs) {
            if (isFault()) {
                throw new KafkaException("planned");
            }
            FirstEvents state = new FirstEvents(limit);
            answers.forEach(each -> FirstEventsReader.add(
                    TOPIC, (byte[]) each.key(), (byte[]) each.value(), atMs - WINDOW_MS, state, limit));
            return state;
        }

        private boolean isFault() {
            return random.nextInt(100) < faultsIn100;
        }

        /** Kafka, as a member of one generation sees it: only the newest may commit. */
        private final class Membership implements SinkConsumer.Partition, GroupOffset {
            private final int own;

            Membership(int own) {
                this.own = own;
            }

            @Override
            public List<ConsumerRecord<byte[], ByteBuffer>> fetch(long offset) {
                return log.stream()
                        .filter(consumed -> consumed.offset() >= offset)
                        .limit(1 + random.nextInt(9))
                        .toList();
            }

            @Override
            public long begin() {
                return 0;
            }

            @Override
            public GroupOffset group() {
                return this;
            }

            @Override
            public Committed read() {
                return committed;
            }

            @Override
            public boolean isExclusive() {
                return true;
            }

            @Override
            public boolean commit(Committed wanted) {
                throw new UnsupportedOperationException("answers are sent with each offset");
            }

            @Override
            public void commit(
                    Committed wanted,
                    List<ProducerRecord<Object, Object>> sent,
                    Function<List<RecordMetadata>, List<ProducerRecord<Object, Object>>> next) {
                List<RecordMetadata> locations = new ArrayList<>();
                for (int i = 0; i < sent.size(); i++) {
                    if (text(sent.get(i).value()).equals("poison")) {
                        throw new RejectedSendException(i, new RecordTooLargeException("planned"));
                    }
                    locations.add(new RecordMetadata(new TopicPartition(TOPIC.name(), 0), topicEnd++, 0, 0, -1, -1));
                }
                List<ProducerRecord<Object, Object>> answered = next.apply(locations);
                if (own != generation || isFault()) {
                    throw new RebalanceInProgressException("planned");
                }
                assertThat(wanted.offset()).as("a commit never goes back").isGreaterThan(committed.offset());
                committed = wanted;
                for (int i = 0; i < sent.size(); i++) {
                    assertThat(sent.get(i).topic()).isEqualTo(TOPIC.name());
                    stored.put(
                            locations.get(i).offset(),
                            text(sent.get(i).headers().lastHeader("n").value()));
                }
                answers.addAll(answered);
                if (isFault()) {
                    throw new KafkaException("planned: the answer is lost");
                }
            }
        }

        // ---- what must hold

        private void check() {
            assertThat(committed.offset()).isEqualTo(log.get(RECORDS - 1).offset() + 1);
            assertThat(answers).hasSize(RECORDS);
            Map<String, ConsumerRecord<byte[], ByteBuffer>> firsts = new HashMap<>();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < RECORDS; i++) {
                ConsumerRecord<byte[], ByteBuffer> record = log.get(i);
                String id = text(record.key());
                ConsumerRecord<byte[], ByteBuffer> first = firsts.get(id);
                boolean isFirst = first == null || record.timestamp() - first.timestamp() >= WINDOW_MS;
                boolean isPoison = isFirst && text(record.value().array()).equals("poison");
                if (isFirst && !isPoison) {
                    first = record;
                    firsts.put(id, record);
                    expected.add(Long.toString(record.offset()));
                }
                Answer answer = Answer.decode((byte[]) answers.get(i).value());
                assertThat(answers.get(i).partition()).isEqualTo(INBOX.partition());
                assertThat(text(answers.get(i).key())).isEqualTo(id);
                if (isPoison) {
                    assertThat(answer.kind()).isEqualTo(Kind.REJECTED);
                } else {
                    assertThat(answer.kind()).isEqualTo(Kind.STORED);
                    assertThat(stored.get(answer.first().offset())).isEqualTo(Long.toString(first.offset()));
                    assertThat(answer.event()).isEqualTo(Digest.ofEvent(InboxRecords.key(first), first.value()));
                }
            }
            assertThat(stored.values()).containsExactlyInAnyOrderElementsOf(expected);
        }

        private static String text(Object bytes) {
            return new String((byte[]) bytes, UTF_8);
        }
    }
}
