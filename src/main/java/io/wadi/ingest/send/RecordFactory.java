package io.wadi.ingest.send;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.RequestException;
import io.wadi.kafka.TimestampLimits;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.records.HeldBytes;
import io.wadi.kafka.topics.Partitioning;
import io.wadi.kafka.topics.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.header.Header;

/**
 * Creates the records of a request's events, with headers from the request and the partition that their topic declares.
 */
final class RecordFactory {
    private static final Pattern MILLISECONDS = Pattern.compile("\\d{1,18}");

    /** The maximum age of timestamps in topics that declare none: each older day could be another index. */
    private static final long MAX_AGE_MS = Duration.ofDays(31).toMillis();

    /** The maximum of an event with neither key nor value, which the limit of a poll does not count (decision 211). */
    private static final int MAX_BYTES_OF_HEADERS = 8 << 10;

    private final Topic topic;
    private final List<Header> headers;
    private final Producer<Object, Object> producer;
    private final DeadLetterSender deadLetters;
    private final String routeId;
    /** Null if the topic is not deduplicated. */
    private final EventIds ids;

    private final long maxAheadMs;
    /** Null before the first event with a timestamp. */
    private TimestampLimits timestamps;

    RecordFactory(
            Topic topic,
            List<Header> headers,
            Producer<Object, Object> producer,
            DeadLetterSender deadLetters,
            String routeId,
            EventIds ids,
            long maxAheadMs) {
        this.topic = topic;
        this.headers = headers;
        this.producer = producer;
        this.deadLetters = deadLetters;
        this.routeId = routeId;
        this.ids = ids;
        this.maxAheadMs = maxAheadMs;
    }

    private TimestampLimits timestamps() {
        if (timestamps == null) {
            timestamps = new TimestampLimits(maxAgeMs(), maxAheadMs);
        }
        return timestamps;
    }

    /** Kafka rejects other values of the setting, and keeps the one before. */
    private long maxAgeMs() {
        String declared = topic.config().get(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG);
        if (declared == null) {
            return MAX_AGE_MS;
        }
        return MILLISECONDS.matcher(declared).matches()
                ? TimestampLimits.withMargin(Long.parseLong(declared))
                : Long.MAX_VALUE;
    }

    /**
     * Returns the record of a valid event. Keys and timestamps are checked here, because Kafka rejects a whole batch,
     * with events of other clients, for one record without a key in a compacted topic or with a timestamp beyond its
     * limits.
     *
     * @throws InvalidRecordException if the event cannot be sent: it lacks a key or an id, its timestamp is beyond the
     *     limits, its partition does not exist, or it has long headers, but neither key nor value
     */
    ProducerRecord<Object, Object> record(Event event) {
        if (event.timestamp() != null && topic.hasTimestampsOfSenders()) {
            timestamps().mistake(event.timestamp(), System.currentTimeMillis()).ifPresent(mistake -> {
                throw new InvalidRecordException(mistake);
            });
        }
        return record(topic, event, headers(ids == null ? event : ids.identify(event)), producer);
    }

    /** Returns the record of a valid event like {@link #record(Event)}, with only these headers and any timestamp. */
    static ProducerRecord<Object, Object> record(
            Topic topic, Event event, Iterable<Header> headers, Producer<Object, Object> producer) {
        if (event.key() == null && topic.isCompacted()) {
            throw new InvalidRecordException("the topic is compacted, and the event has no key: send one");
        }
        if (event.key() == null && event.value() == null && HeldBytes.of(null, headers) > MAX_BYTES_OF_HEADERS) {
            throw new InvalidRecordException(
                    "the headers or attributes are too long for an event without key and value: expected at most %,d bytes, including %d for each"
                            .formatted(MAX_BYTES_OF_HEADERS, HeldBytes.PER_HEADER));
        }
        return new ProducerRecord<>(
                topic.name(),
                partition(topic, event, producer),
                event.timestamp(),
                event.key(),
                event.value(),
                headers);
    }

    /** Returns the dead letter of an invalid event. */
    ProducerRecord<Object, Object> deadLetter(Event event) {
        ProducerRecord<Object, Object> deadLetter = deadLetters.deadLetter(
                topic.name(),
                event.key(),
                event.value(),
                headers(ids == null ? event : ids.identifyInvalid(event)),
                routeId,
                RequestException.invalid(event.problem().toString()));
        if (event.partition() != null) {
            DeadLetterSender.addRequestedPartition(deadLetter, event.partition());
        }
        return deadLetter;
    }

    private List<Header> headers(Event event) {
        if (headers.isEmpty()) {
            return event.headers();
        }
        List<Header> all = new ArrayList<>(headers);
        all.addAll(event.headers());
        return all;
    }

    /** Returns the partition of an event; null if the producer chooses it. */
    private static Integer partition(Topic topic, Event event, Producer<Object, Object> producer) {
        if (event.partition() == null && topic.partitioner() == null) {
            return null;
        }
        int partitions = producer.partitionsFor(topic.name()).size();
        if (event.partition() != null) {
            return existing(event.partition(), partitions);
        }
        int declared = topic.partitioner().partition(event.key(), partitions);
        if (declared != Partitioning.SPREAD) {
            return declared;
        }
        // With a key, the producer would choose the partition by its hash.
        return event.key() == null
                ? null
                : (Integer) ThreadLocalRandom.current().nextInt(partitions);
    }

    private static Integer existing(int partition, int partitions) {
        if (partition < 0 || partition >= partitions) {
            throw new InvalidRecordException(
                    "partition %d does not exist: expected 0 to %d".formatted(partition, partitions - 1));
        }
        return partition;
    }
}
