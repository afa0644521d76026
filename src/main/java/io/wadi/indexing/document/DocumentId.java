package io.wadi.indexing.document;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.ReservedHeaders;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The {@code _id} of a record's document: always the same for the same record, so that indexing again adds nothing.
 */
public final class DocumentId {
    /** The top-level field with the {@link #origin} of the record, in documents with a sender's id. */
    public static final String ORIGIN_FIELD = ReservedHeaders.ORIGIN;

    private static final int MAX_BYTES = 512;

    private DocumentId() {}

    /**
     * Returns whether a field is {@link #ORIGIN_FIELD} or below it: a sender's field of this name would determine the
     * mapping of Wadi's field in all documents.
     */
    static boolean isReserved(String field) {
        return field.equals(ORIGIN_FIELD) || field.startsWith(ORIGIN_FIELD + ".");
    }

    /** Returns the record's sender id as written by ingest, else its {@link #origin}. The two never collide. */
    public static String of(ConsumerRecord<?, ?> consumed) {
        String senderId = text(consumed.headers().lastHeader(ReservedHeaders.SENDER_ID));
        return senderId.startsWith(ReservedHeaders.SENDER_ID_PREFIX) ? senderId : origin(consumed);
    }

    /** Returns the record's original position before replays; its own if it was never replayed. */
    public static String origin(ConsumerRecord<?, ?> consumed) {
        String own = of(consumed.topic(), consumed.partition(), consumed.offset());
        String first = text(consumed.headers().lastHeader(ReservedHeaders.ORIGIN));
        return isBefore(first, consumed) ? first : own;
    }

    /**
     * Returns whether a text is the position of an earlier record of the same partition. That of a later one is not
     * accepted, since this document would occupy the later one's id.
     */
    private static boolean isBefore(String origin, ConsumerRecord<?, ?> consumed) {
        String digits = origin.substring(origin.lastIndexOf('+') + 1);
        if (!digits.matches("[0-9]{1,18}")) {
            return false;
        }
        long offset = Long.parseLong(digits);
        return offset < consumed.offset() && origin.equals(of(consumed.topic(), consumed.partition(), offset));
    }

    /**
     * Returns a header's text; empty if it is missing, too long or not UTF-8, since two different invalid texts could
     * be decoded to the same id.
     */
    private static String text(Header header) {
        byte[] bytes = header == null ? null : header.value();
        if (bytes == null || bytes.length > MAX_BYTES) {
            return "";
        }
        String text = new String(bytes, UTF_8);
        return Arrays.equals(text.getBytes(UTF_8), bytes) ? text : "";
    }

    /** Returns the id of a record without a sender id that was not replayed. */
    public static String of(String topic, int partition, long offset) {
        return topic + "+" + partition + "+" + offset;
    }
}
