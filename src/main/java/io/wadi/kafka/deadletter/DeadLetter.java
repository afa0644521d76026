package io.wadi.kafka.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.ReservedHeaders;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** One dead letter, as {@link DeadLetterSender} writes it and Kafka Connect does. */
public final class DeadLetter {
    /** How often a record has been replayed. */
    public static final String ATTEMPTS = ReservedHeaders.ATTEMPTS;

    private static final int LONGEST = 160;

    private final ConsumerRecord<byte[], byte[]> letter;

    DeadLetter(ConsumerRecord<byte[], byte[]> letter) {
        this.letter = letter;
    }

    /** The letter as it stands in its topic. */
    public ConsumerRecord<byte[], byte[]> letter() {
        return letter;
    }

    /** Where it stands, {@code partition:offset}. */
    public String at() {
        return letter.partition() + ":" + letter.offset();
    }

    /** When it was written. */
    public Instant time() {
        return Instant.ofEpochMilli(letter.timestamp());
    }

    /** The route that the record failed in. */
    public String route() {
        return error("connector.name");
    }

    /** The topic that it came from, or was meant for; empty where nobody said. */
    public String topic() {
        return error("topic");
    }

    /** Where it came from, {@code topic-partition@offset}; the topic alone where it was not a record yet. */
    public String from() {
        return wasRecord() ? topic() + "-" + error("partition") + "@" + error("offset") : topic();
    }

    /** Whether it was a record before; what came over HTTP and was not taken was none. */
    public boolean wasRecord() {
        return !error("offset").isEmpty();
    }

    /** The class of what was thrown, without its package. */
    public String kind() {
        String name = error("exception.class.name");
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Why it failed. */
    public String message() {
        return error("exception.message");
    }

    /** Its kind and message in a line, with # for numbers: the same for letters of one cause. */
    public String cause() {
        String message = message().lines().findFirst().orElse("").replaceAll("\\d+", "#");
        return kind() + ": " + (message.length() <= LONGEST ? message : message.substring(0, LONGEST - 1) + "…");
    }

    /** How often it was replayed before it failed this time. */
    public int attempts() {
        String text = text(ATTEMPTS);
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    private String error(String name) {
        return text(DeadLetterSender.PREFIX + name);
    }

    private String text(String header) {
        Header found = letter.headers().lastHeader(header);
        return found == null || found.value() == null ? "" : new String(found.value(), UTF_8);
    }

    /** The partition that it came from, or that its sender had asked for; null where nobody had. */
    public Integer partition() {
        String partition = error("partition");
        return partition.isEmpty() ? null : Integer.valueOf(partition);
    }

    /** The headers that the record had, in their order. */
    public List<Header> headers() {
        return StreamSupport.stream(letter.headers().spliterator(), false)
                .filter(header -> !header.key().startsWith(DeadLetterSender.PREFIX))
                .toList();
    }

    /**
     * The record to put back where it came from: as it was, with one more attempt counted and, in the header
     * {@link ReservedHeaders#ORIGIN}, where it was first, so that it is one document however often it is replayed.
     *
     * @throws IllegalArgumentException where nobody said where it came from
     */
    public ProducerRecord<Object, Object> replayed() {
        if (topic().isEmpty()) {
            throw new IllegalArgumentException("letter " + at() + " does not say where it came from");
        }
        Headers headers = replayedHeaders();
        Integer partition = partition();
        if (headers.lastHeader(ReservedHeaders.ORIGIN) == null && partition != null && wasRecord()) {
            headers.add(ReservedHeaders.ORIGIN, (topic() + "+" + partition + "+" + error("offset")).getBytes(UTF_8));
        }
        return new ProducerRecord<>(topic(), partition, null, letter.key(), letter.value(), headers);
    }

    /** The headers that the record had, with one more attempt counted. */
    public Headers replayedHeaders() {
        Headers headers = new RecordHeaders(headers());
        headers.remove(ATTEMPTS);
        return headers.add(ATTEMPTS, Integer.toString(attempts() + 1).getBytes(UTF_8));
    }
}
