package io.wadi.indexing.document;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.kafka.records.RecordText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;

/**
 * Adds a field with the record's key to documents: a JSON object as an object, any other key as a string. Thread-safe.
 */
public final class KeyField {
    private final String field;

    /**
     * Creates a key field.
     *
     * @param field the name of the field; empty: keys are not added
     * @throws IllegalArgumentException if the name is reserved for Wadi
     */
    public KeyField(String field) {
        if (DocumentId.isReserved(field)) {
            throw new IllegalArgumentException(
                    "key field %s is reserved for the origins of records: expected another name".formatted(field));
        }
        this.field = field;
    }

    /** Returns the document with the key; unchanged if the record has no key or the document already has that field. */
    ByteBuffer with(ConsumerRecord<byte[], ByteBuffer> consumed, ByteBuffer json) {
        return field.isEmpty() || consumed.key() == null || has(json)
                ? json
                : JsonObjects.withField(json, field, value(consumed.key()));
    }

    private static byte[] value(byte[] key) {
        try {
            return Utils.toArray(JsonObjects.inOneLine(ByteBuffer.wrap(key)));
        } catch (IllegalArgumentException e) {
            return JsonObjects.quoted(RecordText.text(key));
        }
    }

    private boolean has(ByteBuffer json) {
        try {
            return JsonObjects.PARSERS.parse(json, this::has);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Already checked to be JSON.
        }
    }

    private boolean has(JsonParser parser) throws IOException {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            if (parser.currentName().equals(field)) {
                return true;
            }
            parser.nextToken();
            parser.skipChildren();
        }
        return false;
    }
}
