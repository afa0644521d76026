package io.wadi.ingest.deduplication;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.deduplication.Answer.Kind;
import io.wadi.ingest.deduplication.DirectQueues.DirectQueue;
import io.wadi.kafka.JointParts;
import io.wadi.kafka.TransactionPart;
import io.wadi.kafka.consumer.SinkConsumer;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** A random schedule of the partitions of an inbox, with two members in each generation of the group. */
final class DeduplicationSchedule {
    private static final long IDLE_MS = Duration.ofHours(1).toMillis();
    private static final Topic TOPIC = Topics.parse("""
                    topics:
                      - {name: t, partitions: 2, deduplicate: {within: 1s}, ingest: {over: [events]}}
                    """).find("t").orElseThrow();
    private static final int PARTITIONS = 3;

    private final Random random;
    private final List<SimulatedInbox> inboxes = new ArrayList<>();
    /** The inbox's partition and offset of each committed record, by its offset in the topic. */
    private final Map<Long, String> stored = new HashMap<>();

    private final List<Runnable> restorations = new ArrayList<>();
    private final IdLimit limit = new IdLimit(1_000_000, 1_000_000);
    private final List<Member> everyone = new ArrayList<>();
    private int faultsIn100;
    private long topicEnd;
    private long timeMs;
    private int generation;
    private final boolean hasDirect;
    private final DirectOffers offers;

    /**
     * Creates a schedule.
     *
     * @param hasDirect whether members also accept direct events
     */
    DeduplicationSchedule(long seed, boolean hasDirect) {
        this.hasDirect = hasDirect;
        random = new Random(seed);
        offers = new DirectOffers(TOPIC, random);
        faultsIn100 = random.nextInt(40);
        for (int i = 0; i < PARTITIONS; i++) {
            inboxes.add(SimulatedInbox.random(new TopicPartition(TOPIC.inbox(), i), random));
        }
    }

    void run() {
        List<Member> members = members();
        List<Member> former = List.of();
        for (int step = 0; step < 80; step++) {
            if (hasDirect) {
                Stream.concat(members.stream(), former.stream()).forEach(Member::offer);
            }
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
                case 5 -> pass();
                default -> members.get(random.nextInt(members.size())).poll();
            }
        }
        faultsIn100 = 0;
        for (int i = 0; !isDone() && i < 1000; i++) {
            members.forEach(Member::poll);
            restore();
        }
        if (!hasDirect) {
            inboxes.forEach(this::check);
            assertThat(stored.values()).containsExactlyInAnyOrderElementsOf(expected());
        }
        everyone.forEach(Member::lose);
        restore();
        assertThat(limit.ids()).isZero();
        offers.check(inboxes, stored);
    }

    /** Returns the number of direct events that were answered. */
    long answered() {
        return offers.answered();
    }

    /** Without direct events, all ids may expire; those require that the clock is near that of the inboxes. */
    private void pass() {
        timeMs += hasDirect ? random.nextInt(SimulatedInbox.WINDOW_MS / 2) : random.nextInt(4) * IDLE_MS;
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
    private FirstEvents state(SimulatedInbox inbox, long atMs) {
        if (isFault()) {
            throw new KafkaException("planned");
        }
        FirstEvents state = new FirstEvents(limit);
        inbox.answers.forEach(
                each -> FirstEventsReader.add(TOPIC, each, atMs - SimulatedInbox.WINDOW_MS, state, limit));
        return state;
    }

    private boolean isFault() {
        return random.nextInt(100) < faultsIn100;
    }

    /** A member of one generation of the group. */
    private final class Member {
        private final int own;
        private final DirectQueues direct = new DirectQueues(5, Long.MAX_VALUE, () -> timeMs);
        private final Map<SimulatedInbox, SinkConsumer> consumers = new LinkedHashMap<>();
        private final Map<SimulatedInbox, TransactionPart> joined = new LinkedHashMap<>();

        Member(int own) {
            this.own = own;
        }

        void assign(SimulatedInbox inbox) {
            DeduplicationSink.Context context = DeduplicationSinkFixture.context(
                    (topic, partition, atMs) -> state(inbox, atMs),
                    task -> {
                        if (random.nextBoolean()) {
                            restorations.add(task);
                        } else {
                            task.run();
                        }
                    },
                    limit,
                    Topic::partitions,
                    direct,
                    () -> timeMs);
            inbox.owner = new SinkConsumer(
                    inbox.partition,
                    new Ownership(inbox, this),
                    batch -> batch.sink(DeduplicationSink.class, first -> DeduplicationSink.open(first, TOPIC, context))
                            .append(batch));
            consumers.put(inbox, inbox.owner);
        }

        void poll() {
            commitJoined();
            consumers.values().forEach(SinkConsumer::poll);
        }

        /** Offers a direct event to each owned partition. */
        void offer() {
            consumers.keySet().forEach(inbox -> {
                DirectQueue queue = direct.find(inbox.partition);
                if (queue != null) {
                    offers.offer(queue, inbox, timeMs);
                }
            });
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
            consumers.values().forEach(SinkConsumer::beforeTransaction);
            Map<SimulatedInbox, TransactionPart> parts = Map.copyOf(joined);
            joined.clear();
            try {
                commit(parts);
            } catch (KafkaException e) {
                parts.keySet().forEach(inbox -> consumers.get(inbox).failed(e));
                return;
            }
            parts.values().forEach(TransactionPart::committed);
        }

        private void commit(Map<SimulatedInbox, TransactionPart> parts) {
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
                if (SimulatedInbox.isRejected(sent.get(i).value())) {
                    rejected.put(i, new RecordTooLargeException("planned"));
                }
            }
            return rejected;
        }

        private void commit(
                Map<SimulatedInbox, TransactionPart> parts, JointParts all, List<ProducerRecord<Object, Object>> sent) {
            List<RecordMetadata> locations = new ArrayList<>();
            sent.forEach(each ->
                    locations.add(new RecordMetadata(new TopicPartition(TOPIC.name(), 0), topicEnd++, 0, 0, -1, -1)));
            List<ProducerRecord<Object, Object>> answered = all.next(locations);
            if (!parts.isEmpty() && (own != generation || isFault())) {
                throw new RebalanceInProgressException("planned");
            }
            parts.forEach((inbox, part) -> {
                assertThat(part.offset().offset())
                        .as("a commit never goes back")
                        .isGreaterThan(inbox.committed.offset() - (hasDirect ? 1 : 0));
                inbox.committed = part.offset();
            });
            for (int i = 0; i < sent.size(); i++) {
                assertThat(sent.get(i).topic()).isEqualTo(TOPIC.name());
                stored.put(
                        locations.get(i).offset(),
                        SimulatedInbox.text(
                                sent.get(i).headers().lastHeader("n").value()));
            }
            answered.forEach(
                    answer -> inboxes.get(answer.partition()).answers.addAll(Answers.decode((byte[]) answer.value())));
            if (!parts.isEmpty() && isFault()) {
                throw new KafkaException("planned: the answer is lost");
            }
        }
    }

    /** The state of a partition in one member. */
    private final class Ownership extends SinkConsumer.Partition {
        private final SimulatedInbox inbox;
        private final Member member;

        Ownership(SimulatedInbox inbox, Member member) {
            this.inbox = inbox;
            this.member = member;
        }

        @Override
        public List<ConsumerRecord<byte[], ByteBuffer>> fetch(long offset) {
            List<ConsumerRecord<byte[], ByteBuffer>> fetched = inbox.log.stream()
                    .filter(consumed -> consumed.offset() >= offset)
                    .limit(random.nextInt(9))
                    .toList();
            if (hasDirect) {
                fetched.forEach(each -> timeMs = Math.max(timeMs, each.timestamp()));
            }
            return fetched;
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

    private List<String> expected() {
        return inboxes.stream()
                .flatMap(inbox -> inbox.firsts().entrySet().stream())
                .filter(each -> each.getKey() == each.getValue())
                .map(each -> SimulatedInbox.number(each.getKey()))
                .toList();
    }

    private void check(SimulatedInbox inbox) {
        assertThat(inbox.committed.offset()).isEqualTo(inbox.committable()).isLessThanOrEqualTo(inbox.end());
        assertThat(inbox.answers).hasSize(SimulatedInbox.RECORDS);
        Map<ConsumerRecord<byte[], ByteBuffer>, ConsumerRecord<byte[], ByteBuffer>> firsts = inbox.firsts();
        for (int i = 0; i < SimulatedInbox.RECORDS; i++) {
            ConsumerRecord<byte[], ByteBuffer> record = inbox.log.get(i);
            ConsumerRecord<byte[], ByteBuffer> first = firsts.get(record);
            Answer answer = inbox.answers.get(i);
            assertThat(answer.id()).isEqualTo(Digest.ofId(TOPIC.name(), record.key()));
            assertThat(answer.kind()).isEqualTo(first == null ? Kind.REJECTED : Kind.STORED);
            if (first != null) {
                assertThat(stored.get(answer.first().offset())).isEqualTo(SimulatedInbox.number(first));
                assertThat(answer.event()).isEqualTo(InboxRecords.digest(first.headers(), first.value()));
            }
        }
    }
}
