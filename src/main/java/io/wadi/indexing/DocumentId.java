package io.wadi.indexing;

import java.nio.charset.StandardCharsets;
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
        if (id != null && id.value() != null && id.value().length > 0 && id.value().length <= LONGEST_BYTES) {
            return new String(id.value(), StandardCharsets.UTF_8);
        }
        return of(consumed.topic(), consumed.partition(), consumed.offset());
    }

    /** The id of a record whose event carries none. */
    static String of(String topic, int partition, long offset) {
        return topic + "+" + partition + "+" + offset;
    }
}
