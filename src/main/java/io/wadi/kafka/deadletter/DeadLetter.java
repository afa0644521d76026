package io.wadi.kafka.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.ReservedHeaders;
import io.wadi.runtime.config.Excerpt;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** A dead letter in the format of {@link DeadLetterSender} and of Kafka Connect. */
public final class DeadLetter {
    /** The length of the longest name of a topic. */
    private static final int MAX_NAME = 249;

    private static final int MAX_TEXT = 160;

    private final ConsumerRecord<byte[], byte[]> record;

    /** Creates a dead letter from a record of the dead-letter topic. */
    public DeadLetter(ConsumerRecord<byte[], byte[]> record) {
        this.record = record;
    }

    /** Returns the record in the dead-letter topic. */
    public ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    /** Returns the location in the dead-letter topic, {@code partition:offset}. */
    public String at() {
        return record.partition() + ":" + record.offset();
    }

    public Instant time() {
        return Instant.ofEpochMilli(record.timestamp());
    }

    public String route() {
        return Excerpt.of(error("connector.name"), MAX_NAME);
    }

    /** Returns the topic of the failed record, or the intended topic of an event; empty if unknown. */
    public String topic() {
        return Excerpt.of(error("topic"), MAX_NAME);
    }

    /** Returns the location of the failed record, {@code topic-partition@offset}; for an event, its topic. */
    public String from() {
        return wasRecord() ? topic() + "-" + error("partition") + "@" + error("offset") : topic();
    }

    /**
     * Returns whether the dead letter was a record of a topic, not an event that was rejected before it was written.
     */
    public boolean wasRecord() {
        return !error("offset").isEmpty();
    }

    /**
     * Returns the offset of the failed record.
     *
     * @throws NumberFormatException if the dead letter was not a record
     */
    public long offset() {
        return Long.parseLong(error("offset"));
    }

    /** Returns the simple name of the exception. */
    public String kind() {
        String name = error("exception.class.name");
        return Excerpt.of(name.substring(name.lastIndexOf('.') + 1), MAX_TEXT);
    }

    public String message() {
        return error("exception.message");
    }

    /**
     * Returns the kind and the first line of the message, with numbers replaced by #, so that dead letters with one
     * cause compare as equal.
     */
    public String cause() {
        return kind() + ": "
                + Excerpt.of(message().lines().findFirst().orElse("").replaceAll("\\d+", "#"), MAX_TEXT);
    }

    /** Returns the number of earlier replays. */
    public int attempts() {
        String text = text(ReservedHeaders.ATTEMPTS);
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    private String error(String name) {
        return text(ReservedHeaders.ERRORS + name);
    }

    private String text(String header) {
        Header found = record.headers().lastHeader(header);
        return found == null || found.value() == null ? "" : new String(found.value(), UTF_8);
    }

    /**
     * Returns the partition of the failed record, or the one that its client requested; null if there is none.
     *
     * @throws NumberFormatException if the header is not a number
     */
    public Integer partition() {
        String partition = error("partition");
        if (partition.isEmpty()) {
            return null;
        }
        if (!partition.matches("\\d{1,9}")) {
            throw new NumberFormatException("partition '%s' in the dead letter's headers is invalid, expected a number"
                    .formatted(Excerpt.of(partition, MAX_TEXT)));
        }
        return Integer.valueOf(partition);
    }

    /** Returns the headers of the failed record, in order. */
    public List<Header> headers() {
        return StreamSupport.stream(record.headers().spliterator(), false)
                .filter(header -> !header.key().startsWith(ReservedHeaders.ERRORS))
                .toList();
    }

    /**
     * Returns the record to replay: unchanged, except that the attempts are incremented and the header {@link
     * ReservedHeaders#ORIGIN} has the first location, so that all replays of the record are one document.
     *
     * @throws IllegalArgumentException if the source topic is unknown
     */
    public ProducerRecord<Object, Object> replayed() {
        if (topic().isEmpty()) {
            throw new IllegalArgumentException("Dead letter " + at() + " cannot be replayed: it has no source topic");
        }
        Headers headers = replayedHeaders();
        Integer partition = partition();
        if (headers.lastHeader(ReservedHeaders.ORIGIN) == null && partition != null && wasRecord()) {
            headers.add(ReservedHeaders.ORIGIN, (topic() + "+" + partition + "+" + error("offset")).getBytes(UTF_8));
        }
        return new ProducerRecord<>(topic(), partition, null, record.key(), record.value(), headers);
    }

    /** Returns the headers of the failed record with the attempts incremented. */
    public Headers replayedHeaders() {
        Headers headers = new RecordHeaders(headers());
        headers.remove(ReservedHeaders.ATTEMPTS);
        return headers.add(
                ReservedHeaders.ATTEMPTS, Integer.toString(attempts() + 1).getBytes(UTF_8));
    }
}
