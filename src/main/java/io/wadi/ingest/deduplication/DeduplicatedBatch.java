package io.wadi.ingest.deduplication;

import io.wadi.ingest.deduplication.Answer.Kind;
import io.wadi.ingest.deduplication.InboxEvent.Read;
import io.wadi.kafka.Causes;
import io.wadi.kafka.ReservedHeaders;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.Topic;
import io.wadi.runtime.telemetry.MetricValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.ApiException;

/**
 * One attempt to deduplicate events of an inbox's partition. It decides which events are the first with their id, adds
 * them to the known first events, and creates the records for the topic and the answers. {@link #withdraw} removes the
 * added events again.
 */
final class DeduplicatedBatch {
    private final Topic topic;
    private final int partition;
    private final int partitions;
    private final FirstEvents known;
    private final IdLimit limit;
    private final DeadLetterSender deadLetters;
    private final String routeId;
    private final long withinMs;
    /** The events that are the first with their id; they are sent to the topic. */
    private final List<Entry> forwarded = new ArrayList<>();

    private final List<Entry> entries = new ArrayList<>();
    /** The answers for {@link #entries}; null for an invalid record. */
    private final List<Answer> given = new ArrayList<>();
    /** The first events of {@link #forwarded} with their locations. */
    private List<First> located = List.of();
    /** The sum of loaded values, without which the compiler would omit the reads. */
    @SuppressWarnings("UnusedVariable")
    private int loaded;

    /**
     * An event of the batch.
     *
     * @param source the event as it was added
     * @param id the digest of the event's id; null for an invalid record
     * @param invalid why ingest cannot have written the record; null if the record is valid
     * @param event the content digest of the event; null for an invalid record
     * @param first the first event with the id, which may be in this batch; null if this record is refused or invalid
     * @param isForwarded whether the event itself is {@code first}, so that it is sent to the topic
     * @param refusal the answer for a refused event; null if the event, or the first one with its id, is stored
     */
    private record Entry(
            InboxEvent source,
            Digest id,
            String invalid,
            Digest event,
            First first,
            boolean isForwarded,
            Answer refusal) {}

    /**
     * Creates an empty batch.
     *
     * @param partition the partition of the inbox
     * @param partitions the number of the topic's partitions
     */
    DeduplicatedBatch(
            Topic topic,
            int partition,
            int partitions,
            FirstEvents known,
            IdLimit limit,
            DeadLetterSender deadLetters,
            String routeId) {
        this.topic = topic;
        this.partition = partition;
        this.partitions = partitions;
        this.known = known;
        this.limit = limit;
        this.deadLetters = deadLetters;
        this.routeId = routeId;
        this.withinMs = topic.deduplication().within().toMillis();
    }

    /**
     * Adds events in their order.
     *
     * @param rejections the reasons for which Kafka rejected events in earlier attempts
     */
    void add(List<InboxEvent> events, Map<InboxEvent, String> rejections) {
        int sum = 0;
        for (InboxEvent event : events) {
            if (event instanceof DirectEvent direct) { // the ids of others are not calculated yet
                sum += known.load(direct.id());
            }
        }
        loaded = sum;
        for (InboxEvent event : events) {
            add(event, rejections.isEmpty() ? null : rejections.get(event));
        }
    }

    private void add(InboxEvent source, String rejection) {
        String invalid = source instanceof Read read ? InboxRecords.invalid(read.record(), partitions) : null;
        if (invalid != null) {
            entries.add(new Entry(source, null, invalid, null, null, false, null));
            return;
        }
        Digest id = source.id();
        First first = known.find(id);
        if (first != null && source.timeMs() - first.timeMs() < withinMs) {
            entries.add(new Entry(source, id, null, source.content(), first, false, null));
        } else {
            addFirst(source, id, source.content(), rejection);
        }
    }

    private void addFirst(InboxEvent source, Digest id, Digest event, String rejection) {
        Answer refusal = refusal(source.sender(), id, event, rejection);
        if (refusal == null) {
            First first = known.add(id, source.timeMs(), event, source.sender());
            Entry entry = new Entry(source, id, null, event, first, true, null);
            forwarded.add(entry);
            entries.add(entry);
        } else {
            entries.add(new Entry(source, id, null, event, null, false, refusal));
        }
    }

    private Answer refusal(int sender, Digest id, Digest event, String rejection) {
        if (rejection != null) {
            return Answer.refused(Kind.REJECTED, id, event, rejection);
        }
        return limit.tryAdd(sender)
                ? null
                : Answer.refused(
                        Kind.FULL,
                        id,
                        event,
                        limit.isFull() ? "the limit of ids is reached" : "the limit of ids of one client is reached");
    }

    /** Returns the records to send to the topic: the first event of each id. */
    List<ProducerRecord<Object, Object>> records() {
        return forwarded.stream().map(entry -> entry.source.forward()).toList();
    }

    /** Returns the event from which the record at an index of {@link #records} was created. */
    InboxEvent event(int index) {
        return forwarded.get(index).source;
    }

    /**
     * Returns the records with the answers for all events, and the dead letters. Dead letters are written for records
     * that no client waits for: replayed events that are not stored, and records that ingest has not written.
     *
     * @param locations the locations of the records of {@link #records}, in the same order
     */
    List<ProducerRecord<Object, Object>> answers(List<RecordMetadata> locations) {
        located = new ArrayList<>(locations.size());
        for (int i = 0; i < locations.size(); i++) {
            located.add(forwarded.get(i).first.at(locations.get(i)));
        }
        known.locate(located);
        List<ProducerRecord<Object, Object>> records = new ArrayList<>();
        List<Answer> answers = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            if (entry.id == null) {
                records.add(deadLetter(entry, entry.invalid));
                given.add(null);
                continue;
            }
            Answer answer = answer(entry);
            answers.add(answer);
            given.add(answer);
            if (isReplayed(entry) && !isStored(entry, answer)) {
                records.add(deadLetter(
                        entry,
                        answer.kind() == Kind.STORED
                                ? new IdConflictException(AnswerReader.location(topic, answer.first())).getMessage()
                                : answer.reason()));
            }
        }
        for (byte[] value : Answers.encode(answers)) {
            records.add(new ProducerRecord<>(
                    topic.answers(), partition, null, null, value, List.of(Answers.within(topic))));
        }
        return records;
    }

    private static boolean isReplayed(Entry entry) {
        return entry.source instanceof Read read
                && read.record().headers().lastHeader(ReservedHeaders.ATTEMPTS) != null;
    }

    private static boolean isStored(Entry entry, Answer answer) {
        return answer.kind() == Kind.STORED && answer.event().equals(entry.event);
    }

    private ProducerRecord<Object, Object> deadLetter(Entry entry, String reason) {
        return deadLetters
                .deadLetter(((Read) entry.source).record(), routeId, new InvalidRecordException(reason))
                .orElseThrow(); // The record is in an inbox.
    }

    private Answer answer(Entry entry) {
        return entry.refusal == null ? Answer.stored(entry.id, first(entry)) : entry.refusal;
    }

    private First first(Entry entry) {
        return entry.first.isLocated() ? entry.first : located.get((int) entry.first.offset());
    }

    /** Counts the outcomes of the committed batch. */
    void count(MetricValues<DeduplicationMetric> metrics) {
        int direct = 0;
        for (Entry entry : entries) {
            metrics.add(outcome(entry), 1);
            direct += entry.source instanceof DirectEvent ? 1 : 0;
        }
        metrics.add(DeduplicationMetric.DIRECT, direct);
    }

    /** Passes the answers to the senders of direct events. Called once the batch is committed. */
    void answerDirect() {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).source instanceof DirectEvent direct) {
                direct.answered(given.get(i));
            }
        }
    }

    private DeduplicationMetric outcome(Entry entry) {
        if (entry.id == null) {
            return DeduplicationMetric.REJECTED;
        }
        if (entry.refusal != null) {
            return entry.refusal.kind() == Kind.FULL ? DeduplicationMetric.FULL : DeduplicationMetric.REJECTED;
        }
        if (entry.isForwarded) {
            return DeduplicationMetric.FIRST;
        }
        return entry.first.event().equals(entry.event) ? DeduplicationMetric.RETRY : DeduplicationMetric.CONFLICT;
    }

    /** Removes the first events of this batch from the known ones, and from the limit. Called if Kafka rejected some. */
    void withdraw() {
        known.removeUnlocated();
    }

    /** Returns the reason for a rejection as its sender receives it. */
    static String reason(Throwable cause) {
        return cause instanceof ApiException known ? known.getMessage() : Causes.inShort(cause);
    }
}
