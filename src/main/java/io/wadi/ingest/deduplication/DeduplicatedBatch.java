package io.wadi.ingest.deduplication;

import io.wadi.ingest.deduplication.Answer.Kind;
import io.wadi.ingest.deduplication.InboxEvent.Read;
import io.wadi.kafka.Causes;
import io.wadi.kafka.ReservedHeaders;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.Topic;
import io.wadi.runtime.telemetry.MetricValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.ApiException;

/**
 * One attempt to deduplicate events of an inbox's partition. It decides which events are the first with their id, and
 * creates the records for the topic and the answers. Only {@link #addFirstEvents} changes the known first
 * events; {@link #add} also counts new ids against the limit, which {@link #withdraw} reverses.
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
    /** The ids of {@link #forwarded}, with the index of the last event of each id there. */
    private final Map<Digest, Integer> fresh;

    /** Whether {@link #forwarded} has an id twice, the second time after the window of the first one. */
    private boolean isRepeated;

    private List<RecordMetadata> locations = List.of();

    /**
     * An event of the batch.
     *
     * @param source the event as it was added
     * @param id the digest of the event's id; null for an invalid record
     * @param invalid why ingest cannot have written the record; null if the record is valid
     * @param event the content digest of the event; null for an invalid record
     * @param first the first event with the id, if an earlier batch stored it; otherwise null
     * @param index the index in {@link #forwarded} of the first event with the id; -1 if an earlier batch stored that
     *     event, or this record is refused or invalid
     * @param isForwarded whether the event is the first with its id and is sent to the topic
     * @param refusal the answer for a refused event; null if the event, or the first one with its id, is stored
     */
    private record Entry(
            InboxEvent source,
            Digest id,
            String invalid,
            Digest event,
            First first,
            int index,
            boolean isForwarded,
            Answer refusal) {}

    /**
     * Creates an empty batch.
     *
     * @param events the expected number of events
     * @param partition the partition of the inbox
     * @param partitions the number of the topic's partitions
     */
    DeduplicatedBatch(
            int events,
            Topic topic,
            int partition,
            int partitions,
            FirstEvents known,
            IdLimit limit,
            DeadLetterSender deadLetters,
            String routeId) {
        this.fresh = new HashMap<>(2 * events);
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
     * Adds the next event.
     *
     * @param rejection the reason for which Kafka rejected the event in an earlier attempt; null if it did not
     */
    void add(InboxEvent source, String rejection) {
        String invalid = source instanceof Read read ? InboxRecords.invalid(read.record(), partitions) : null;
        if (invalid != null) {
            entries.add(new Entry(source, null, invalid, null, null, -1, false, null));
            return;
        }
        Digest id = source.id();
        Integer index = fresh.get(id);
        First first = index == null ? known.find(id) : null;
        if (index != null && isWithin(forwarded.get(index).source.timeMs(), source)) {
            entries.add(new Entry(source, id, null, source.content(), null, index, false, null));
        } else if (first != null && isWithin(first.timeMs(), source)) {
            entries.add(new Entry(source, id, null, source.content(), first, -1, false, null));
        } else {
            addFirst(source, id, source.content(), rejection);
        }
    }

    private boolean isWithin(long firstMs, InboxEvent later) {
        return later.timeMs() - firstMs < withinMs;
    }

    private void addFirst(InboxEvent source, Digest id, Digest event, String rejection) {
        Answer refusal = refusal(source.sender(), id, event, rejection);
        boolean isForwarded = refusal == null;
        Entry entry =
                new Entry(source, id, null, event, null, isForwarded ? forwarded.size() : -1, isForwarded, refusal);
        entries.add(entry);
        if (isForwarded) {
            isRepeated |= fresh.put(id, forwarded.size()) != null;
            forwarded.add(entry);
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
        this.locations = locations;
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
        return entry.first == null ? first(entry.index) : entry.first;
    }

    private First first(int index) {
        Entry entry = forwarded.get(index);
        RecordMetadata location = locations.get(index);
        return new First(
                location.partition(), location.offset(), entry.source.timeMs(), entry.event, entry.source.sender());
    }

    /**
     * Adds the first events of the batch to the known ones, and counts the outcomes. Called once the batch is
     * committed.
     */
    void addFirstEvents(MetricValues<DeduplicationMetric> metrics) {
        for (int index = 0; index < forwarded.size(); index++) {
            Entry entry = forwarded.get(index);
            if (!isRepeated || fresh.get(entry.id) == index) {
                known.put(entry.id, first(index));
            } else { // the batch has a later first event with this id, after the window
                limit.remove(entry.source.sender());
            }
        }
        int direct = 0;
        for (Entry entry : entries) {
            metrics.add(outcome(entry), 1);
            direct += entry.source instanceof DirectEvent ? 1 : 0;
        }
        metrics.add(DeduplicationMetric.DIRECT, direct);
    }

    /** Passes the answers to the senders of direct events. Called after {@link #addFirstEvents}. */
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
        return first(entry).event().equals(entry.event) ? DeduplicationMetric.RETRY : DeduplicationMetric.CONFLICT;
    }

    /** Removes the new ids of this batch from the limit. Called if the batch is not committed. */
    void withdraw() {
        forwarded.forEach(entry -> limit.remove(entry.source.sender()));
    }

    /** Returns the reason for a rejection as its sender receives it. */
    static String reason(Throwable cause) {
        return cause instanceof ApiException known ? known.getMessage() : Causes.inShort(cause);
    }
}
