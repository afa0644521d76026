package io.wadi.kafka.deadletter;

import io.wadi.kafka.RejectedSendException;
import io.wadi.kafka.records.TopicReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.internals.Topic;

/** The dead-letter topic, with operations that list, group and replay its dead letters. */
public final class DeadLetterTopic {
    private static final int REPLAY_BATCH = 500;
    private static final int MAX_GROUPS = 1000;
    private static final int MAX_TOPICS = 1000;
    private static final List<String> OTHER = List.of("…", "…", "other causes");

    private final String topic;
    private final EventConverter converter;
    private final Properties observer;
    private final TopicReader.Fetch fetch;

    /** A converter of dead letters that were never records, such as rejected events. */
    public interface EventConverter {
        /**
         * Returns the record to replay, which is valid for the current declaration of its topic.
         *
         * @param producer provides the topic's partitions
         * @throws InvalidRecordException if it is still invalid, with the reason
         */
        ProducerRecord<Object, Object> record(DeadLetter deadLetter, Producer<Object, Object> producer);
    }

    /**
     * Creates an instance, which connects on demand.
     *
     * @param observer the settings of a consumer outside of groups
     */
    public DeadLetterTopic(String topic, EventConverter converter, Properties observer, TopicReader.Fetch fetch) {
        this.fetch = fetch;
        this.topic = topic;
        this.converter = converter;
        this.observer = new Properties();
        this.observer.putAll(observer);
        this.observer.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    }

    private TopicReader reader() {
        return new TopicReader(observer, fetch);
    }

    /**
     * Returns whether the topic exists. The other methods treat a missing topic as an empty one.
     *
     * @throws KafkaException if Kafka does not respond
     */
    public boolean exists() {
        try (TopicReader reader = reader()) {
            return !reader.partitions(topic).isEmpty();
        }
    }

    /**
     * Passes the selected dead letters to an action, those of a partition in order.
     *
     * @throws KafkaException if Kafka does not respond
     */
    public void forEach(DeadLetterSelection selection, Consumer<DeadLetter> action) {
        try (TopicReader reader = reader()) {
            List<TopicPartition> partitions = reader.partitions(topic);
            Instant since = selection.since();
            Map<TopicPartition, Long> from = new HashMap<>(
                    since == null ? reader.begins(partitions) : reader.at(partitions, since.toEpochMilli()));
            Map<TopicPartition, Long> until = new HashMap<>(reader.ends(partitions));
            selection.limit(from, until);
            reader.records(from, until).forEachRemaining(each -> {
                DeadLetter deadLetter = new DeadLetter(each);
                if (selection.test(deadLetter)) {
                    action.accept(deadLetter);
                }
            });
        }
    }

    /**
     * The numbers of dead letters by result of a replay.
     *
     * @param replayed dead letters that were replayed to their topic
     * @param maxAttemptsReached skipped: replayed as often as allowed
     * @param withoutSourceTopic skipped: their source topic is unknown
     * @param rejected skipped: invalid for their topic, or rejected by Kafka, such as for their size
     * @param rejection the location of the first rejected dead letter and the reason; empty if none was rejected
     */
    public record ReplayResult(
            long replayed, long maxAttemptsReached, long withoutSourceTopic, long rejected, String rejection) {}

    /**
     * Sends the selected records to their source topics. The dead letters remain.
     *
     * @param maxAttempts dead letters with this many replays are skipped, so that no record is replayed forever
     * @param isDry whether to check and count only
     * @param onReplayed receives the location and topic of each dead letter that is, or in a dry run would be, replayed
     * @throws KafkaException if a send fails; other dead letters that {@code onReplayed} did not receive may have been
     *     written
     */
    public ReplayResult replay(
            DeadLetterSelection selection,
            int maxAttempts,
            Producer<Object, Object> producer,
            boolean isDry,
            BiConsumer<String, String> onReplayed) {
        Replay replay;
        try (TopicReader topics = reader()) {
            replay = new Replay(maxAttempts, producer, isDry, onReplayed, topics);
            forEach(selection, replay::accept);
            replay.await();
        }
        return new ReplayResult(
                replay.replayed,
                replay.maxAttemptsReached,
                replay.withoutSourceTopic,
                replay.rejected,
                replay.rejection);
    }

    private final class Replay {
        private final int maxAttempts;
        private final Producer<Object, Object> producer;
        private final boolean isDry;
        private final BiConsumer<String, String> onReplayed;
        private final TopicReader topics;
        private final Map<String, Integer> partitions = new HashMap<>();
        private final List<Sent> sent = new ArrayList<>();
        private long replayed;
        private long maxAttemptsReached;
        private long withoutSourceTopic;
        private long rejected;
        private String rejection = "";

        /** A record in flight. It does not reference the dead letter, which may be large. */
        private record Sent(String at, String topic, Future<RecordMetadata> result) {}

        Replay(
                int maxAttempts,
                Producer<Object, Object> producer,
                boolean isDry,
                BiConsumer<String, String> onReplayed,
                TopicReader topics) {
            this.topics = topics;
            this.maxAttempts = maxAttempts;
            this.producer = producer;
            this.isDry = isDry;
            this.onReplayed = onReplayed;
        }

        void accept(DeadLetter deadLetter) {
            if (deadLetter.topic().isEmpty()) {
                withoutSourceTopic++;
            } else if (deadLetter.attempts() >= maxAttempts) {
                maxAttemptsReached++;
            } else {
                replay(deadLetter);
            }
        }

        private void replay(DeadLetter deadLetter) {
            ProducerRecord<Object, Object> record;
            try {
                requireTopic(deadLetter.topic());
                record = deadLetter.wasRecord() ? deadLetter.replayed() : converter.record(deadLetter, producer);
                requirePartition(record);
            } catch (InvalidRecordException | TopicAuthorizationException | NumberFormatException e) {
                rejected(deadLetter.at(), deadLetter.topic(), e);
                return;
            }
            if (isDry) {
                replayed(deadLetter.at(), deadLetter.topic());
                return;
            }
            sent.add(new Sent(deadLetter.at(), deadLetter.topic(), producer.send(record)));
            if (sent.size() == REPLAY_BATCH) {
                await();
            }
        }

        /**
         * Returns the number of partitions of a topic. Uses the reader, since with a topic that does not exist, a send
         * or a request of the producer for its partitions waits for the topic, and the failure would end the replay.
         */
        private int requireTopic(String name) {
            if (partitions.size() == MAX_TOPICS) {
                partitions.clear();
            }
            int count = partitions.computeIfAbsent(
                    name,
                    topic -> Topic.isValid(topic) ? topics.partitions(topic).size() : 0);
            if (count == 0) {
                throw new InvalidRecordException("the topic does not exist");
            }
            return count;
        }

        private void requirePartition(ProducerRecord<Object, Object> record) {
            int count = requireTopic(record.topic());
            if (record.partition() != null && record.partition() >= count) {
                throw new InvalidRecordException("the topic has no partition %d, expected one of 0 to %d"
                        .formatted(record.partition(), count - 1));
            }
        }

        private void replayed(String at, String to) {
            replayed++;
            onReplayed.accept(at, to);
        }

        private void rejected(String at, String by, Throwable cause) {
            if (rejected++ == 0) {
                rejection = "%s for %s: %s".formatted(at, by, cause.getMessage());
            }
        }

        void await() {
            sent.forEach(this::await);
            sent.clear();
        }

        private void await(Sent record) {
            try {
                record.result().get();
                replayed(record.at(), record.topic());
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            } catch (ExecutionException e) {
                if (!RejectedSendException.isRejection(e.getCause())) {
                    throw new KafkaException("Failed to write a replayed record", e.getCause());
                }
                rejected(record.at(), record.topic(), e.getCause());
            }
        }
    }

    /**
     * The dead letters of one route, source topic and cause.
     *
     * @param cause see {@link DeadLetter#cause}, masked
     * @param first the time of the first
     * @param last the time of the last
     * @param at the location of the last
     */
    public record FailureGroup(
            long count, String route, String topic, String cause, Instant first, Instant last, String at) {
        private FailureGroup with(DeadLetter next) {
            boolean isLater = !next.time().isBefore(last);
            return new FailureGroup(
                    count + 1,
                    route,
                    topic,
                    cause,
                    next.time().isBefore(first) ? next.time() : first,
                    isLater ? next.time() : last,
                    isLater ? next.at() : at);
        }
    }

    /**
     * Returns the number of offsets in the topic, transaction markers included, without reading it.
     *
     * @throws KafkaException if Kafka does not respond
     */
    public long offsetCount() {
        try (TopicReader reader = reader()) {
            List<TopicPartition> partitions = reader.partitions(topic);
            Map<TopicPartition, Long> begins = reader.begins(partitions);
            return reader.ends(partitions).entrySet().stream()
                    .mapToLong(end -> end.getValue() - begins.get(end.getKey()))
                    .sum();
        }
    }

    /**
     * Groups the selected dead letters; beyond a thousand groups, the remaining ones form one group.
     *
     * @param masking returns a cause as shown to the client
     */
    public Collection<FailureGroup> groups(DeadLetterSelection selection, UnaryOperator<String> masking) {
        Map<List<String>, FailureGroup> groups = new HashMap<>();
        forEach(selection, each -> {
            List<String> own = List.of(each.route(), each.topic(), masking.apply(each.cause()));
            List<String> key = groups.containsKey(own) || groups.size() < MAX_GROUPS ? own : OTHER;
            groups.merge(
                    key,
                    new FailureGroup(1, key.get(0), key.get(1), key.get(2), each.time(), each.time(), each.at()),
                    (group, one) -> group.with(each));
        });
        return groups.values();
    }

    /**
     * The numbers of dead letters by route and source topic.
     *
     * @param isAll whether no older dead letters were left out
     */
    public record Counts(Map<List<String>, Long> counts, boolean isAll) {
        public long of(String route, String from) {
            return counts.getOrDefault(List.of(route, from), 0L);
        }
    }

    /**
     * Counts the newest dead letters, at most about {@code max} of them.
     *
     * @param counted the routes and source topics; any producer may have written dead letters with others
     * @throws KafkaException if Kafka does not respond
     */
    public Counts count(Set<List<String>> counted, long max) {
        Map<List<String>, Long> counts = new HashMap<>();
        boolean isAll = true;
        try (TopicReader reader = reader()) {
            List<TopicPartition> partitions = reader.partitions(topic);
            Map<TopicPartition, Long> from = new HashMap<>(reader.begins(partitions));
            Map<TopicPartition, Long> ends = reader.ends(partitions);
            for (TopicPartition each : partitions) {
                long newest = ends.get(each) - max / partitions.size();
                isAll &= newest <= from.get(each);
                from.merge(each, newest, Math::max);
            }
            reader.records(from, ends).forEachRemaining(record -> {
                DeadLetter deadLetter = new DeadLetter(record);
                List<String> by = List.of(deadLetter.route(), deadLetter.topic());
                if (counted.contains(by)) {
                    counts.merge(by, 1L, Long::sum);
                }
            });
        }
        return new Counts(Map.copyOf(counts), isAll);
    }
}
