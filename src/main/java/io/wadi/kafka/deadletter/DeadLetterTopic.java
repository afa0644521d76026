package io.wadi.kafka.deadletter;

import io.wadi.kafka.records.TopicTail;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/** The dead letters that stand in their topic, to be looked at and put back where they came from. */
public final class DeadLetterTopic {
    private static final int TOGETHER = 500;
    private static final int MOST_HEAPS = 1000;
    private static final Heap REST = new Heap("…", "…", "other causes");

    private final String topic;
    private final Readmission readmission;
    private final Properties observer;

    /** Makes a record of what has been none before, such as an event that was refused. */
    public interface Readmission {
        /**
         * The record, by what its topic asks for now.
         *
         * @param producer knows the topic's partitions
         * @throws InvalidRecordException where the topic does not take it: the message says why
         */
        ProducerRecord<Object, Object> record(DeadLetter letter, Producer<Object, Object> producer);
    }

    /** Takes the topic of the letters, who judges them again, and the settings of a consumer that reads beside others. */
    public DeadLetterTopic(String topic, Readmission readmission, Properties observer) {
        this.topic = topic;
        this.readmission = readmission;
        this.observer = new Properties();
        this.observer.putAll(observer);
        this.observer.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    }

    /**
     * Looks at the letters of a selection that stand there now, those of a partition in their order, without keeping them.
     *
     * @throws KafkaException where Kafka does not answer
     */
    public void forEach(DeadLetterSelection selection, Consumer<DeadLetter> look) {
        try (TopicTail tail = new TopicTail(topic, observer)) {
            List<TopicPartition> partitions = tail.partitions();
            Instant since = selection.since();
            tail.begin(since == null ? tail.begins(partitions) : tail.at(partitions, since.toEpochMilli()));
            tail.read(true, each -> {
                DeadLetter letter = new DeadLetter(each);
                if (selection.test(letter)) {
                    look.accept(letter);
                }
                return true;
            });
        }
    }

    /**
     * What came of a replay.
     *
     * @param replayed letters whose records stand in their topic again
     * @param tooOften those left out because they were replayed as often as allowed
     * @param homeless those left out because they do not say where they came from
     * @param refused those left out because their topic does not take them
     * @param refusal why the first of these is not taken, with its place; empty where there is none
     */
    public record Replayed(long replayed, long tooOften, long homeless, long refused, String refusal) {}

    /**
     * Puts the records of a selection back where they came from. The letters stay.
     *
     * @param mostAttempts those replayed so often are left out: what fails again and again is not sent around for ever
     * @param producer where they are sent
     * @param isDry whether nothing is sent, only judged and counted
     * @param told is told of each letter that is replayed or would be
     * @throws KafkaException where Kafka has not taken all; those told of before may be there
     */
    public Replayed replay(
            DeadLetterSelection selection,
            int mostAttempts,
            Producer<Object, Object> producer,
            boolean isDry,
            Consumer<DeadLetter> told) {
        Replay replay = new Replay(mostAttempts, producer, isDry, told);
        forEach(selection, replay::take);
        replay.await();
        return new Replayed(replay.replayed, replay.tooOften, replay.homeless, replay.refused, replay.refusal);
    }

    private final class Replay {
        private final int mostAttempts;
        private final Producer<Object, Object> producer;
        private final boolean isDry;
        private final Consumer<DeadLetter> told;
        private final List<Future<RecordMetadata>> sent = new ArrayList<>();
        private long replayed;
        private long tooOften;
        private long homeless;
        private long refused;
        private String refusal = "";

        Replay(int mostAttempts, Producer<Object, Object> producer, boolean isDry, Consumer<DeadLetter> told) {
            this.mostAttempts = mostAttempts;
            this.producer = producer;
            this.isDry = isDry;
            this.told = told;
        }

        void take(DeadLetter letter) {
            if (letter.topic().isEmpty()) {
                homeless++;
            } else if (letter.attempts() >= mostAttempts) {
                tooOften++;
            } else {
                putBack(letter);
            }
        }

        private void putBack(DeadLetter letter) {
            ProducerRecord<Object, Object> record;
            try {
                record = letter.wasRecord() ? letter.replayed() : readmission.record(letter, producer);
            } catch (InvalidRecordException e) {
                refusal =
                        refused == 0 ? "%s for %s: %s".formatted(letter.at(), letter.topic(), e.getMessage()) : refusal;
                refused++;
                return;
            }
            send(record);
            told.accept(letter);
            replayed++;
        }

        private void send(ProducerRecord<Object, Object> record) {
            if (!isDry) {
                sent.add(producer.send(record));
                if (sent.size() == TOGETHER) {
                    await();
                }
            }
        }

        void await() {
            try {
                for (Future<RecordMetadata> each : sent) {
                    each.get();
                }
                sent.clear();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptException(e);
            } catch (ExecutionException e) {
                throw new KafkaException("Kafka did not take a replayed record", e.getCause());
            }
        }
    }

    /**
     * Letters of one route, topic and cause, whatever the numbers in it.
     *
     * @param route that they failed in
     * @param topic that they came from
     * @param cause its kind, and its message with # for numbers
     */
    public record Heap(String route, String topic, String cause) {}

    /** How many letters a heap has, when the first and last of them were written, and where the last stands. */
    public record Size(long count, Instant first, Instant last, String at) {
        private Size with(DeadLetter letter) {
            boolean isLater = !letter.time().isBefore(last);
            return new Size(
                    count + 1,
                    letter.time().isBefore(first) ? letter.time() : first,
                    isLater ? letter.time() : last,
                    isLater ? letter.at() : at);
        }
    }

    /**
     * How many letters stand there now, without reading them: markers of transactions are counted as well.
     *
     * @throws KafkaException where Kafka does not answer
     */
    public long standing() {
        try (TopicTail tail = new TopicTail(topic, observer)) {
            List<TopicPartition> partitions = tail.partitions();
            Map<TopicPartition, Long> begins = tail.begins(partitions);
            return tail.ends(partitions).entrySet().stream()
                    .mapToLong(end -> end.getValue() - begins.get(end.getKey()))
                    .sum();
        }
    }

    /** The letters of a selection in heaps; where there are more than a thousand of these, those found later are one. */
    public Map<Heap, Size> heaps(DeadLetterSelection selection) {
        Map<Heap, Size> heaps = new HashMap<>();
        forEach(selection, letter -> {
            Heap heap = new Heap(letter.route(), letter.topic(), letter.cause());
            Heap counted = heaps.containsKey(heap) || heaps.size() < MOST_HEAPS ? heap : REST;
            heaps.merge(
                    counted, new Size(1, letter.time(), letter.time(), letter.at()), (size, one) -> size.with(letter));
        });
        return heaps;
    }

    /**
     * Letters by the route that they failed in and the topic that they came from.
     *
     * @param isAll whether all were counted
     */
    public record Tally(Map<List<String>, Long> counts, boolean isAll) {
        /** How many are of a route and a topic. */
        public long of(String route, String from) {
            return counts.getOrDefault(List.of(route, from), 0L);
        }
    }

    /**
     * Counts the letters that stand there now; where there are more than this many, about so many of the newest.
     *
     * @throws KafkaException where Kafka does not answer
     */
    public Tally tally(long most) {
        Map<List<String>, Long> counts = new HashMap<>();
        boolean isAll = true;
        try (TopicTail tail = new TopicTail(topic, observer)) {
            List<TopicPartition> partitions = tail.partitions();
            Map<TopicPartition, Long> from = new HashMap<>(tail.begins(partitions));
            Map<TopicPartition, Long> ends = tail.ends(partitions);
            for (TopicPartition each : partitions) {
                long newest = ends.get(each) - most / partitions.size();
                isAll &= newest <= from.get(each);
                from.merge(each, newest, Math::max);
            }
            tail.begin(from);
            if (!partitions.isEmpty()) {
                tail.read(true, record -> {
                    DeadLetter letter = new DeadLetter(record);
                    counts.merge(List.of(letter.route(), letter.topic()), 1L, Long::sum);
                    return true;
                });
            }
        }
        return new Tally(Map.copyOf(counts), isAll);
    }
}
