package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.Records;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * A member of a group at a Kafka in memory, in a random schedule of faults: partitions with records, what the group has
 * committed, other members, and what is sent. Each commit is checked: everything before it has to be done.
 */
final class SimulatedConsumer implements PartitionClient {
    private static final Serializer<Object> BYTES = (topic, data) -> (byte[]) data;
    private static final int PARTITIONS = 3;
    private static final Executor PRODUCER = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "producer");
        thread.setDaemon(true);
        return thread;
    });

    private final Random random;
    private final int faultsIn100;
    private final Map<TopicPartition, Log> logs = new LinkedHashMap<>();
    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private final IdentityHashMap<ProducerRecord<?, ?>, Sent> outputs = new IdentityHashMap<>();
    private final List<Unanswered> unanswered = new ArrayList<>();
    private ConsumerRebalanceListener listener;
    private Decision decided;
    private boolean isLost;
    private boolean faults = true;

    /** The highest offset of each partition that may be committed; null: any. */
    private Map<TopicPartition, Long> requested;

    /** What is sent for a record. */
    enum Kind {
        OUTPUT,
        /** An output that the producer refuses before it sends it. */
        REFUSED,
        /** An output that Kafka rejects. */
        REJECTED,
        DEAD_LETTER
    }

    /** A partition at Kafka. */
    private static final class Log {
        private final NavigableMap<Long, Entry> records = new TreeMap<>();
        private long begin;
        private long committed = -1;
        /** Where this member reads, or null where it is not known. */
        private Long position;
        /** The offset of the next record. */
        private long end;

        private void append(Random random) {
            records.put(end++, new Entry(random));
        }

        /** Writes the marker of a transaction, or aborted records. */
        private void appendGap(Random random) {
            end += random.nextInt(3);
        }
    }

    /** A record at Kafka. */
    private static final class Entry {
        private final int outputs;
        private final boolean isPoison;
        private final Kind kind;
        private final List<Delivery> deliveries = new ArrayList<>();
        private boolean isDoneByOthers;
        private boolean isExpired;
        private int committedOutputs;
        private int committedDeadLetters;

        Entry(Random random) {
            outputs = random.nextInt(3);
            isPoison = random.nextInt(15) == 0;
            kind = outputs == 0 ? Kind.OUTPUT : kind(random.nextInt(15));
        }

        private static Kind kind(int number) {
            return number == 0 ? Kind.REFUSED : number == 1 ? Kind.REJECTED : Kind.OUTPUT;
        }

        boolean isDone() {
            return isExpired || isDoneByOthers || deliveries.stream().anyMatch(Delivery::isDone);
        }
    }

    /** One delivery of a record. */
    static final class Delivery {
        private final Entry entry;
        private final List<Sent> sent = new ArrayList<>();
        private boolean isCompleted;

        private Delivery(Entry entry) {
            this.entry = entry;
        }

        int outputs() {
            return entry.outputs;
        }

        boolean isPoison() {
            return entry.isPoison;
        }

        /** What becomes of its outputs. */
        Kind kind() {
            return entry.kind;
        }

        /** Its exchange is about to end well. */
        void completed() {
            isCompleted = true;
        }

        private boolean isDone() {
            return isCompleted && sent.stream().allMatch(each -> each.isReportedAsFailed || each.isAcknowledged);
        }
    }

    /** What was sent in a delivery. */
    private static final class Sent {
        private final Delivery delivery;
        private final Kind kind;
        /** Whether its send was reported as failed to its exchange. */
        private boolean isReportedAsFailed;

        private boolean isAcknowledged;

        Sent(Delivery delivery, Kind kind) {
            this.delivery = delivery;
            this.kind = kind;
        }
    }

    private record Unanswered(Sent sent, Callback callback, CompletableFuture<RecordMetadata> answer) {}

    SimulatedConsumer(Random random) {
        this.random = random;
        faultsIn100 = random.nextInt(12);
        for (int number = 0; number < PARTITIONS; number++) {
            Log log = new Log();
            log.appendGap(random);
            int count = 1 + random.nextInt(25);
            for (int i = 0; i < count; i++) {
                log.append(random);
                if (random.nextInt(6) == 0) {
                    log.appendGap(random);
                }
            }
            logs.put(new TopicPartition("events", number), log);
        }
    }

    void subscribe(ConsumerRebalanceListener newListener) {
        listener = newListener;
    }

    /** From now on everything goes well, and this is the only member. */
    void endFaults() {
        faults = false;
        while (!unanswered.isEmpty()) {
            Unanswered send = unanswered.remove(0);
            answer(send, rejection(send.sent));
        }
    }

    private boolean fails() {
        return faults && random.nextInt(100) < faultsIn100;
    }

    // ---- what is sent

    Delivery delivery(TopicPartition partition, long offset) {
        Entry entry = logs.get(partition).records.get(offset);
        Delivery delivery = new Delivery(entry);
        entry.deliveries.add(delivery);
        return delivery;
    }

    ProducerRecord<Object, Object> output(Delivery delivery, Kind kind) {
        ProducerRecord<Object, Object> output = new ProducerRecord<>("out", new byte[0]);
        Sent sent = new Sent(delivery, kind);
        delivery.sent.add(sent);
        outputs.put(output, sent);
        return output;
    }

    /** Marks the send of this output as reported to its exchange as failed. */
    void reportFailure(ProducerRecord<Object, Object> output) {
        outputs.get(output).isReportedAsFailed = true;
    }

    /** Sends outside of transactions. */
    Future<RecordMetadata> send(ProducerRecord<Object, Object> output, Callback callback) {
        Sent sent = outputs.get(output);
        Exception refusal = refusal(sent);
        if (refusal != null) {
            complete(callback, refusal);
            return CompletableFuture.failedFuture(refusal);
        }
        Unanswered send = new Unanswered(sent, callback, new CompletableFuture<>());
        if (faults && random.nextInt(10) == 0) {
            unanswered.add(send);
        } else {
            answer(send, rejection(sent));
        }
        return send.answer;
    }

    private Exception refusal(Sent sent) {
        if (sent.kind == Kind.REFUSED) {
            return new RecordTooLargeException();
        }
        return fails() ? new TimeoutException("no room") : null;
    }

    private Exception rejection(Sent sent) {
        if (sent.kind == Kind.REJECTED) {
            return new RecordTooLargeException();
        }
        return fails() ? new TimeoutException("not acknowledged") : null;
    }

    private static void complete(Callback callback, Exception error) {
        if (callback != null) {
            callback.onCompletion(null, error);
        }
    }

    private static void answer(Unanswered send, Exception error) {
        send.sent.isAcknowledged = error == null;
        onProducersThread(() -> complete(send.callback, error));
        if (error == null) {
            send.answer.complete(null);
        } else {
            send.answer.completeExceptionally(error);
        }
    }

    /** An answer on the sender's thread would be a refusal. */
    private static void onProducersThread(Runnable work) {
        CompletableFuture.runAsync(work, PRODUCER).join();
    }

    /** Kafka answers some of what it has not answered yet. */
    void answerSome() {
        unanswered.removeIf(each -> {
            boolean now = random.nextBoolean();
            if (now) {
                answer(each, rejection(each.sent));
            }
            return now;
        });
    }

    /** Returns once a send is answered. */
    void await(Future<RecordMetadata> answer) {
        for (Iterator<Unanswered> each = unanswered.iterator(); each.hasNext(); ) {
            Unanswered send = each.next();
            if (send.answer == answer) {
                each.remove();
                answer(send, rejection(send.sent));
                return;
            }
        }
    }

    // ---- transactions

    Producer<Object, Object> transactionalProducer() {
        return new Transactional();
    }

    /** Takes all or nothing. */
    private final class Transactional extends MockProducer<Object, Object> {
        private final List<Sent> open = new ArrayList<>();
        private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();

        Transactional() {
            super(true, null, BYTES, BYTES);
        }

        @Override
        public void beginTransaction() {
            open.clear();
            offsets.clear();
            super.beginTransaction();
        }

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<Object, Object> output, Callback callback) {
            Sent sent = outputs.get(output);
            Exception refusal = refusal(sent);
            if (refusal != null) {
                complete(callback, refusal);
                return CompletableFuture.failedFuture(refusal);
            }
            Exception error = rejection(sent);
            if (error != null) {
                onProducersThread(() -> complete(callback, error));
                return CompletableFuture.failedFuture(error);
            }
            open.add(sent);
            return super.send(output, callback);
        }

        @Override
        public void sendOffsetsToTransaction(Map<TopicPartition, OffsetAndMetadata> sent, ConsumerGroupMetadata group) {
            if (fails() || isLost || !assigned.containsAll(sent.keySet())) {
                throw new CommitFailedException("generation");
            }
            offsets.putAll(sent);
            super.sendOffsetsToTransaction(sent, group);
        }

        @Override
        public void commitTransaction() {
            if (fails()) {
                throw new KafkaException("not committed");
            }
            super.commitTransaction();
            if (fails()) {
                decided = new Decision(List.copyOf(open), Map.copyOf(offsets));
                throw new KafkaException("the answer is lost");
            }
            apply(open, offsets);
        }
    }

    /** A transaction with an outcome that Kafka does not report yet. */
    private record Decision(List<Sent> sent, Map<TopicPartition, OffsetAndMetadata> offsets) {}

    private void decide() {
        if (decided != null) {
            if (random.nextBoolean()) {
                apply(decided.sent, decided.offsets);
            }
            decided = null;
        }
    }

    private void apply(List<Sent> all, Map<TopicPartition, OffsetAndMetadata> offsets) {
        for (Sent sent : all) {
            sent.isAcknowledged = true;
            if (sent.kind == Kind.DEAD_LETTER) {
                sent.delivery.entry.committedDeadLetters++;
            } else {
                sent.delivery.entry.committedOutputs++;
            }
        }
        store(offsets);
    }

    // ---- the group

    private void store(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> {
            Log log = logs.get(partition);
            assertThat(log.records.headMap(offset.offset()).entrySet().stream()
                            .filter(each -> !each.getValue().isDone())
                            .map(Map.Entry::getKey))
                    .as("records of %s before %d that are not done", partition, offset.offset())
                    .isEmpty();
            assertThat(offset.offset()).as("committed of %s", partition).isLessThanOrEqualTo(log.end);
            if (requested != null) {
                long allowed = Math.max(log.committed, requested.getOrDefault(partition, 0L));
                assertThat(log.records.headMap(offset.offset()).keySet())
                        .as("records of %s before %d: the route has requested %d", partition, offset.offset(), allowed)
                        .allMatch(each -> each < allowed);
            }
            log.committed = offset.offset();
        });
    }

    /** From now on, only what {@link #allowCommit} allows may be committed. */
    void expectRequests() {
        requested = new HashMap<>();
    }

    void allowCommit(TopicPartition partition, long upTo) {
        requested.merge(partition, upTo, Math::max);
    }

    @Override
    public boolean reallyCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        if (fails() || isLost || !assigned.containsAll(offsets.keySet())) {
            return false;
        }
        store(offsets);
        return true;
    }

    private void rebalance() {
        if (!assigned.isEmpty() && faults && random.nextInt(8) == 0) {
            Set<TopicPartition> revoked = random.nextInt(3) == 0 ? new HashSet<>(assigned) : someOf(assigned);
            listener.onPartitionsRevoked(revoked);
            remove(revoked);
        } else if (!assigned.isEmpty() && faults && random.nextInt(30) == 0) {
            isLost = true;
            Set<TopicPartition> lost = random.nextInt(3) > 0 ? new HashSet<>(assigned) : someOf(assigned);
            listener.onPartitionsLost(lost);
            remove(lost);
            isLost = false;
        }
        if (!faults || random.nextInt(2) == 0) {
            Set<TopicPartition> free = new HashSet<>(logs.keySet());
            free.removeAll(assigned);
            Set<TopicPartition> taken = faults ? someOf(free) : free;
            if (!taken.isEmpty()) {
                taken.forEach(this::take);
                listener.onPartitionsAssigned(taken);
            }
        }
    }

    private Set<TopicPartition> someOf(Set<TopicPartition> partitions) {
        return partitions.stream()
                .sorted((one, other) -> Integer.compare(one.partition(), other.partition()))
                .filter(each -> random.nextBoolean())
                .collect(Collectors.toSet());
    }

    private void remove(Set<TopicPartition> partitions) {
        assigned.removeAll(partitions);
        paused.removeAll(partitions);
    }

    private void take(TopicPartition partition) {
        decide();
        Log log = logs.get(partition);
        if (faults && random.nextInt(3) == 0) {
            workOfOthers(log);
        }
        assigned.add(partition);
        log.position = log.committed < 0 ? null : log.committed;
    }

    private void workOfOthers(Log log) {
        for (Map.Entry<Long, Entry> each :
                log.records.tailMap(Math.max(log.begin, log.committed)).entrySet()) {
            if (random.nextInt(3) == 0) {
                return;
            }
            each.getValue().isDoneByOthers = true;
            each.getValue().committedOutputs += each.getValue().outputs;
            log.committed = each.getKey() + 1;
        }
    }

    private void expire() {
        if (faults && random.nextInt(40) == 0) {
            Log log = logs.get(new TopicPartition("events", random.nextInt(PARTITIONS)));
            long position = log.position == null ? log.begin : log.position;
            log.begin = Math.min(log.end, Math.max(log.begin, position - 2 + random.nextInt(5)));
            log.records.headMap(log.begin).values().forEach(each -> each.isExpired = true);
        }
    }

    // ---- reading

    /** Producers go on writing, in transactions. */
    private void append() {
        if (faults && random.nextInt(8) == 0) {
            Log log = logs.get(new TopicPartition("events", random.nextInt(PARTITIONS)));
            log.appendGap(random);
            if (random.nextBoolean()) {
                log.append(random);
            }
        }
    }

    @Override
    public ConsumerRecords<Object, Object> reallyPoll(Duration timeout) {
        rebalance();
        expire();
        append();
        Set<TopicPartition> unknown = assigned.stream()
                .filter(each -> logs.get(each).position == null)
                .collect(Collectors.toSet());
        if (!unknown.isEmpty()) {
            throw new NoOffsetForPartitionException(unknown);
        }
        Map<TopicPartition, Long> outOfRange = assigned.stream()
                .filter(each -> logs.get(each).position < logs.get(each).begin)
                .collect(Collectors.toMap(each -> each, each -> logs.get(each).position));
        if (!outOfRange.isEmpty()) {
            throw new OffsetOutOfRangeException(outOfRange);
        }
        Map<TopicPartition, List<ConsumerRecord<Object, Object>>> polled = new LinkedHashMap<>();
        for (TopicPartition each : logs.keySet()) {
            if (assigned.contains(each) && !paused.contains(each) && random.nextInt(4) > 0) {
                List<ConsumerRecord<Object, Object>> records = fetch(each, logs.get(each));
                if (!records.isEmpty()) {
                    polled.put(each, records);
                }
            }
        }
        return new ConsumerRecords<>(polled, Map.of());
    }

    private List<ConsumerRecord<Object, Object>> fetch(TopicPartition partition, Log log) {
        List<ConsumerRecord<Object, Object>> records = log.records.tailMap(log.position).keySet().stream()
                .limit(1 + random.nextInt(6))
                .map(offset -> SimulatedConsumer.record(partition, offset))
                .toList();
        long next = records.isEmpty()
                ? log.position
                : records.get(records.size() - 1).offset() + 1;
        Long following = log.records.ceilingKey(next);
        // Behind the markers of transactions, where there are any.
        log.position =
                random.nextBoolean() ? Long.valueOf(next) : following == null ? Long.valueOf(log.end) : following;
        return records;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static ConsumerRecord<Object, Object> record(TopicPartition partition, long offset) {
        return (ConsumerRecord) Records.record(partition, offset, "x");
    }

    @Override
    public void reallySeek(TopicPartition partition, long offset) {
        assertThat(assigned).contains(partition);
        logs.get(partition).position = offset;
    }

    @Override
    public void reallyPause(Collection<TopicPartition> partitions) {
        assertThat(assigned).containsAll(partitions);
        paused.addAll(partitions);
    }

    @Override
    public void reallyResume(Collection<TopicPartition> partitions) {
        assertThat(assigned).containsAll(partitions);
        paused.removeAll(partitions);
    }

    @Override
    public Set<TopicPartition> assignment() {
        return new HashSet<>(assigned);
    }

    @Override
    public long position(TopicPartition partition) {
        return logs.get(partition).position;
    }

    @Override
    public OptionalLong knownPosition(TopicPartition partition) {
        Long position = logs.get(partition).position;
        return position == null || random.nextInt(4) == 0 ? OptionalLong.empty() : OptionalLong.of(position);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions, Duration within) {
        if (decided != null && faults && random.nextInt(3) > 0) {
            throw new TimeoutException("not stable yet");
        }
        decide();
        return partitions.stream()
                .filter(each -> logs.get(each).committed >= 0)
                .collect(Collectors.toMap(each -> each, each -> new OffsetAndMetadata(logs.get(each).committed)));
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions, Duration within) {
        return partitions.stream().collect(Collectors.toMap(each -> each, each -> logs.get(each).begin));
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration within) {
        return partitions.stream().collect(Collectors.toMap(each -> each, each -> logs.get(each).end));
    }

    @Override
    public OptionalLong currentLag(TopicPartition partition) {
        return OptionalLong.empty();
    }

    @Override
    @SuppressWarnings("removal") // the interface has no other way to make one
    public ConsumerGroupMetadata groupMetadata() {
        return new ConsumerGroupMetadata("group");
    }

    // ---- at the end

    /**
     * The partitions that are not committed to their end.
     *
     * @param isBehindLastRecord whether the end is behind a transaction's marker, or else behind the last record
     */
    Map<TopicPartition, Long> open(boolean isBehindLastRecord) {
        return logs.entrySet().stream()
                .filter(each -> isOpen(each.getValue(), isBehindLastRecord))
                .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().committed));
    }

    private static boolean isOpen(Log log, boolean isBehindLastRecord) {
        return lastLiving(log) >= 0 && log.committed < (isBehindLastRecord ? log.end : lastLiving(log) + 1);
    }

    /** The last record that has not expired, or -2. */
    private static long lastLiving(Log log) {
        return log.begin > log.records.lastKey() ? -2 : log.records.lastKey();
    }

    /** Each record is done; in transactions, each has led once to what its route makes of it. */
    void assertEachDone(boolean exactlyOnce) {
        logs.forEach((partition, log) -> log.records.forEach((offset, entry) -> {
            String record = "%s@%d".formatted(partition, offset);
            assertThat(entry.isDone()).as("%s is done", record).isTrue();
            if (exactlyOnce && (!entry.isExpired || entry.committedOutputs + entry.committedDeadLetters > 0)) {
                assertThat(entry.committedOutputs)
                        .as("outputs of %s", record)
                        .isEqualTo(entry.kind != Kind.OUTPUT && !entry.isDoneByOthers ? 0 : entry.outputs);
                assertThat(entry.committedDeadLetters)
                        .as("dead letters of %s", record)
                        .isEqualTo((entry.kind != Kind.OUTPUT || entry.isPoison) && !entry.isDoneByOthers ? 1 : 0);
            }
        }));
    }
}
