package io.wadi.extension.connectors.convert;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;

/** One string for each record, in the field {@link Fields#VALUE}. */
final class PlainText implements Format {
    @Override
    public Fields read(ByteBuffer bytes) {
        Fields fields = Fields.none();
        fields.json().put(Fields.VALUE, UTF_8.decode(bytes.duplicate()).toString());
        return fields;
    }

    @Override
    public byte[] write(Fields fields) {
        JsonNode only = fields.json().size() == 1 ? fields.json().elements().next() : null;
        if (only == null || only.isContainerNode()) {
            throw new IllegalArgumentException(
                    "string has one field, this record has %d: %s; drop the others, or use json"
                            .formatted(
                                    fields.json().size(),
                                    String.join(
                                            ", ",
                                            fields.json().properties().stream()
                                                    .map(java.util.Map.Entry::getKey)
                                                    .toList())));
        }
        return only.asText().getBytes(UTF_8);
    }
}
