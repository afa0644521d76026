package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.deduplication.Answer.Kind;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.JointParts;
import io.wadi.kafka.Producers;
import io.wadi.kafka.TransactionPart;
import io.wadi.kafka.consumer.SinkConsumer;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.testing.ErrorsOnly;
import io.wadi.testing.Rounds;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random schedules of the partitions of an inbox; each member commits its partitions in one transaction. Owners crash
 * at any step, or are frozen and continue beside their successors; commits fail, or their responses are lost;
 * restorations are slow; partitions are idle and have markers of transactions; and Kafka rejects some events.
 */
@ExtendWith(ErrorsOnly.class)
class DeduplicationSinkRandomTest {
    private static final int SCHEDULES = Integer.getInteger("test.schedules", Rounds.of(300, 10_000));
    private static final int WINDOW_MS = 1000;
    private static final long IDLE_MS = Duration.ofHours(1).toMillis();
    private static final Topic TOPIC = Topics.parse("""
                    topics:
                      - {name: t, partitions: 2, deduplicate: {within: 1s}, ingest: {over: [events]}}
                    """).find("t").orElseThrow();
    private static final int PARTITIONS = 3;

    static Stream<Integer> blocks() {
        return IntStream.range(0, 10).boxed();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void eachId_isStoredOnceInItsWindow_andEachEventGetsTheAnswerOfTheFirst(int block) {
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
        private static final int RECORDS = 50;

        private final Random random;
        private final List<Inbox> inboxes = new ArrayList<>();
        /** The inbox's partition and offset of each committed record, by its offset in the topic. */
        private final Map<Long, String> stored = new HashMap<>();

        private final List<Runnable> restorations = new ArrayList<>();
        private final IdLimit limit = new IdLimit(1_000_000, 1_000_000);
        private final List<Member> everyone = new ArrayList<>();
        private int faultsIn100;
        private long topicEnd;
        private long timeMs;
        private int generation;

        Schedule(long seed) {
            random = new Random(seed);
            faultsIn100 = random.nextInt(40);
            for (int i = 0; i < PARTITIONS; i++) {
                inboxes.add(inbox(new TopicPartition(TOPIC.inbox(), i)));
            }
        }

        private Inbox inbox(TopicPartition partition) {
            Inbox made = new Inbox(partition);
            long offset = 0;
            long time = 1_000_000;
            for (int i = 0; i < RECORDS; i++) {
                offset += 1 + (random.nextInt(8) == 0 ? random.nextInt(3) : 0);
                time += random.nextInt(random.nextInt(20) == 0 ? WINDOW_MS : 40);
                made.log.add(event(partition, offset, time));
            }
            made.end = offset + 1 + random.nextInt(3);
            return made;
        }

        private ConsumerRecord<byte[], ByteBuffer> event(TopicPartition partition, long offset, long time) {
            byte[] id = ("~~" + partition.partition() + random.nextInt(12)).getBytes(UTF_8);
            RecordHeaders headers = new RecordHeaders();
            headers.add("wadi-id", id);
            if (random.nextBoolean()) {
                headers.add("wadi-inbox-key", "key".getBytes(UTF_8));
            }
            String value = random.nextInt(10) == 0 ? "poison" : "value" + (random.nextInt(4) == 0 ? 1 : 0);
            return new ConsumerRecord<>(
                    partition.topic(),
                    partition.partition(),
                    offset,
                    time,
                    TimestampType.LOG_APPEND_TIME,
                    -1,
                    -1,
                    id,
                    ByteBuffer.wrap(value.getBytes(UTF_8)),
                    headers.add("n", number(partition, offset).getBytes(UTF_8)),
                    Optional.empty());
        }

        private static String number(TopicPartition partition, long offset) {
            return partition.partition() + "@" + offset;
        }

        void run() {
            List<Member> members = members();
            List<Member> former = List.of();
            for (int step = 0; step < 80; step++) {
                switch (random.nextInt(12)) {
                    case 0 -> {
                        former = members; // frozen, and not notified
                        members = members();
                    }
                    case 1 -> {
                        if (random.nextBoolean()) {
                            members.forEach(Member::revoke);
                        }
                        members = members();
                    }
                    case 2, 3 -> former.forEach(Member::poll);
                    case 4 -> restore();
                    case 5 -> timeMs += random.nextInt(4) * IDLE_MS; // may expire all ids
                    default -> members.get(random.nextInt(members.size())).poll();
                }
            }
            faultsIn100 = 0;
            for (int i = 0; !isDone() && i < 1000; i++) {
                members.forEach(Member::poll);
                restore();
            }
            inboxes.forEach(this::check);
            assertThat(stored.values()).containsExactlyInAnyOrderElementsOf(expected());
            everyone.forEach(Member::lose);
            restore();
            assertThat(limit.ids()).isZero();
        }

        private boolean isDone() {
            return inboxes.stream().allMatch(inbox -> inbox.committed.offset() == inbox.committable());
        }

        private void restore() {
            List<Runnable> all = List.copyOf(restorations);
            restorations.clear();
            all.forEach(Runnable::run);
        }

        /** Creates the members of the next generation, and divides the partitions among them. */
        private List<Member> members() {
            generation++;
            List<Member> members = List.of(new Member(generation), new Member(generation));
            inboxes.forEach(inbox -> members.get(random.nextInt(members.size())).assign(inbox));
            everyone.addAll(members);
            return members;
        }

        /** Restores the ids from the committed answers, as {@link FirstEventsReader} does. */
        private FirstEvents state(Inbox inbox, long atMs) {
            if (isFault()) {
                throw new KafkaException("planned");
            }
            FirstEvents state = new FirstEvents(limit);
            inbox.answers.forEach(each -> FirstEventsReader.add(TOPIC, each, atMs - WINDOW_MS, state, limit));
            return state;
        }

        private boolean isFault() {
            return random.nextInt(100) < faultsIn100;
        }

        /** A partition of the inbox, with its answers and the group's committed offset. */
        private static final class Inbox {
            private final TopicPartition partition;
            private final List<ConsumerRecord<byte[], ByteBuffer>> log = new ArrayList<>();
            private final List<Answer> answers = new ArrayList<>();
            private GroupOffset.Committed committed = GroupOffset.Committed.NONE;
            /** The offset after the markers at the end. */
            private long end;
            /** The consumer of the owner. */
            private SinkConsumer owner;

            Inbox(TopicPartition partition) {
                this.partition = partition;
            }

            long last() {
                return log.get(log.size() - 1).offset();
            }

            /** Returns the offset that is committed at last. Without a sink, nothing is committed after the records. */
            long committable() {
                return owner.hasSink() ? end : Math.max(committed.offset(), last() + 1);
            }

            /** Returns the offset of the first record from this one on; the end if there is none. */
            long next(long offset) {
                return log.stream()
                        .mapToLong(ConsumerRecord::offset)
                        .filter(each -> each >= offset)
                        .findFirst()
                        .orElse(end);
            }
        }

        /** A member of one generation of the group. */
        private final class Member {
            private final int own;
            private final Map<Inbox, SinkConsumer> consumers = new LinkedHashMap<>();
            private final Map<Inbox, TransactionPart> joined = new LinkedHashMap<>();

            Member(int own) {
                this.own = own;
            }

            void assign(Inbox inbox) {
                DeduplicationSink.Context context = new DeduplicationSink.Context(
                        (topic, partition, atMs) -> state(inbox, atMs),
                        task -> {
                            if (random.nextBoolean()) {
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
                inbox.owner = new SinkConsumer(
                        inbox.partition,
                        new Ownership(inbox, this),
                        batch -> batch.sink(
                                        DeduplicationSink.class, first -> DeduplicationSink.open(first, TOPIC, context))
                                .append(batch));
                consumers.put(inbox, inbox.owner);
            }

            void poll() {
                commitJoined();
                consumers.values().forEach(SinkConsumer::poll);
            }

            void revoke() {
                commitJoined();
                consumers.values().forEach(SinkConsumer::revoke);
            }

            void lose() {
                joined.clear();
                consumers.values().forEach(SinkConsumer::lose);
            }

            private void commitJoined() {
                Map<Inbox, TransactionPart> parts = Map.copyOf(joined);
                joined.clear();
                try {
                    commit(parts);
                } catch (KafkaException e) {
                    parts.keySet().forEach(inbox -> consumers.get(inbox).failed(e));
                    return;
                }
                parts.values().forEach(TransactionPart::committed);
            }

            private void commit(Map<Inbox, TransactionPart> parts) {
                JointParts all = new JointParts(parts.values());
                for (boolean isRejected = true; isRejected; ) {
                    List<ProducerRecord<Object, Object>> sent = all.records();
                    SortedMap<Integer, Exception> rejected = rejected(sent);
                    isRejected = !rejected.isEmpty();
                    if (isRejected) {
                        all.rejected(rejected);
                    } else {
                        commit(parts, all, sent);
                    }
                }
            }

            private SortedMap<Integer, Exception> rejected(List<ProducerRecord<Object, Object>> sent) {
                SortedMap<Integer, Exception> rejected = new TreeMap<>();
                for (int i = 0; i < sent.size(); i++) {
                    if (text(sent.get(i).value()).equals("poison")) {
                        rejected.put(i, new RecordTooLargeException("planned"));
                    }
                }
                return rejected;
            }

            private void commit(
                    Map<Inbox, TransactionPart> parts, JointParts all, List<ProducerRecord<Object, Object>> sent) {
                List<RecordMetadata> locations = new ArrayList<>();
                sent.forEach(each -> locations.add(
                        new RecordMetadata(new TopicPartition(TOPIC.name(), 0), topicEnd++, 0, 0, -1, -1)));
                List<ProducerRecord<Object, Object>> answered = all.next(locations);
                if (!parts.isEmpty() && (own != generation || isFault())) {
                    throw new RebalanceInProgressException("planned");
                }
                parts.forEach((inbox, part) -> {
                    assertThat(part.offset().offset())
                            .as("a commit never goes back")
                            .isGreaterThan(inbox.committed.offset());
                    inbox.committed = part.offset();
                });
                for (int i = 0; i < sent.size(); i++) {
                    assertThat(sent.get(i).topic()).isEqualTo(TOPIC.name());
                    stored.put(
                            locations.get(i).offset(),
                            text(sent.get(i).headers().lastHeader("n").value()));
                }
                answered.forEach(answer ->
                        inboxes.get(answer.partition()).answers.addAll(Answers.decode((byte[]) answer.value())));
                if (!parts.isEmpty() && isFault()) {
                    throw new KafkaException("planned: the answer is lost");
                }
            }
        }

        /** The state of a partition in one member. */
        private final class Ownership extends SinkConsumer.Partition {
            private final Inbox inbox;
            private final Member member;

            Ownership(Inbox inbox, Member member) {
                this.inbox = inbox;
                this.member = member;
            }

            @Override
            public List<ConsumerRecord<byte[], ByteBuffer>> fetch(long offset) {
                return inbox.log.stream()
                        .filter(consumed -> consumed.offset() >= offset)
                        .limit(random.nextInt(9))
                        .toList();
            }

            @Override
            public long next(long offset) {
                return random.nextBoolean() ? offset : inbox.next(offset);
            }

            @Override
            public boolean commit(Committed committed) {
                if (member.own != generation || isFault()) {
                    return false;
                }
                assertThat(committed.offset()).as("a commit never goes back").isGreaterThan(inbox.committed.offset());
                inbox.committed = committed;
                return true;
            }

            @Override
            public Committed read() {
                return inbox.committed;
            }

            @Override
            public void join(TransactionPart part) {
                assertThat(member.joined.put(inbox, part)).isNull();
            }
        }

        // ---- expected results

        private static String number(ConsumerRecord<?, ?> record) {
            return number(new TopicPartition(record.topic(), record.partition()), record.offset());
        }

        /** Returns for each record the first event of its id within the window; null if Kafka rejects it. */
        private static Map<ConsumerRecord<byte[], ByteBuffer>, ConsumerRecord<byte[], ByteBuffer>> firsts(Inbox inbox) {
            Map<String, ConsumerRecord<byte[], ByteBuffer>> newest = new HashMap<>();
            Map<ConsumerRecord<byte[], ByteBuffer>, ConsumerRecord<byte[], ByteBuffer>> firsts = new HashMap<>();
            for (ConsumerRecord<byte[], ByteBuffer> record : inbox.log) {
                ConsumerRecord<byte[], ByteBuffer> first = newest.get(text(record.key()));
                if (first == null || record.timestamp() - first.timestamp() >= WINDOW_MS) {
                    first = text(record.value().array()).equals("poison") ? null : record;
                    if (first != null) {
                        newest.put(text(record.key()), record);
                    }
                }
                firsts.put(record, first);
            }
            return firsts;
        }

        private List<String> expected() {
            return inboxes.stream()
                    .flatMap(inbox -> firsts(inbox).entrySet().stream())
                    .filter(each -> each.getKey() == each.getValue())
                    .map(each -> number(each.getKey()))
                    .toList();
        }

        private void check(Inbox inbox) {
            assertThat(inbox.committed.offset()).isEqualTo(inbox.committable()).isLessThanOrEqualTo(inbox.end);
            assertThat(inbox.answers).hasSize(RECORDS);
            Map<ConsumerRecord<byte[], ByteBuffer>, ConsumerRecord<byte[], ByteBuffer>> firsts = firsts(inbox);
            for (int i = 0; i < RECORDS; i++) {
                ConsumerRecord<byte[], ByteBuffer> record = inbox.log.get(i);
                ConsumerRecord<byte[], ByteBuffer> first = firsts.get(record);
                Answer answer = inbox.answers.get(i);
                assertThat(answer.id()).isEqualTo(Digest.ofId(TOPIC.name(), record.key()));
                assertThat(answer.kind()).isEqualTo(first == null ? Kind.REJECTED : Kind.STORED);
                if (first != null) {
                    assertThat(stored.get(answer.first().offset())).isEqualTo(number(first));
                    assertThat(answer.event()).isEqualTo(InboxRecords.digest(first.headers(), first.value()));
                }
            }
        }

        private static String text(Object bytes) {
            return new String((byte[]) bytes, UTF_8);
        }
    }
}
