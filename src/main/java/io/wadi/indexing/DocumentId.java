package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** The {@code _id} of a record's document: always the same for the same record, so that indexing again doubles nothing. */
final class DocumentId {
    private static final String HEADER = "id";
    private static final int LONGEST_BYTES = 512;

    private DocumentId() {}

    /** The record header {@code id} where the event carries one (Elasticsearch allows 512 bytes), else topic+partition+offset. */
    static String of(ConsumerRecord<?, ?> consumed) {
        Header id = consumed.headers().lastHeader(HEADER);
        if (id != null && isUsable(id.value())) {
            return new String(id.value(), UTF_8);
        }
        return of(consumed.topic(), consumed.partition(), consumed.offset());
    }

    /** Bytes that are not UTF-8 are no id: read as text, two different ones could become the same. */
    private static boolean isUsable(byte[] id) {
        return id != null
                && id.length > 0
                && id.length <= LONGEST_BYTES
                && Arrays.equals(new String(id, UTF_8).getBytes(UTF_8), id);
    }

    /** The id of a record whose event carries none. */
    static String of(String topic, int partition, long offset) {
        return topic + "+" + partition + "+" + offset;
    }
}
