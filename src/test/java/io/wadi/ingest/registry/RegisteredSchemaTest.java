package io.wadi.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.format.AvroMismatch;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegisteredSchemaTest {
    /** An event of 360 KB could otherwise become a value of any length, which is not charged. */
    @Test
    void valueThatDefaultsMakeTooLong_isRejected() throws IOException {
        String text = "x".repeat(RegisteredSchema.MAX_BYTES / 100);
        RegisteredSchema schema = schema("""
                {"type":"record","name":"Event","fields":[{"name":"items","type":{"type":"array","items":
                    {"type":"record","name":"Item","fields":[{"name":"text","type":"string","default":"%s"}]}}}]}""".formatted(text));

        assertThat(schema.encode(event(99))).hasSizeGreaterThan(99 * text.length());
        assertThatExceptionOfType(AvroMismatch.class)
                .isThrownBy(() -> schema.encode(event(101)))
                .withMessage("longer than %,d bytes in Avro".formatted(RegisteredSchema.MAX_BYTES));
    }

    private static RegisteredSchema schema(String avro) throws IOException {
        return RegisteredSchema.parse(
                new ObjectMapper().writeValueAsBytes(List.of(Map.of("schema", avro, "id", 1, "version", 1))));
    }

    private static ObjectNode event(int items) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < items; i++) {
            event.withArray("items").addObject();
        }
        return event;
    }
}
