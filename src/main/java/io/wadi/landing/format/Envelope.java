package io.wadi.landing.format;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;

/**
 * A record with its Kafka metadata as one JSON object: {@code topic}, {@code partition}, {@code offset},
 * {@code timestamp} (milliseconds since the epoch, or null), {@code timestampType} ({@code CreateTime},
 * {@code LogAppendTime}), {@code key}, {@code headers} (an array of {@code key} and {@code value}, in order) and
 * {@code value}.
 *
 * <p>A JSON value is copied unchanged, except that line breaks between its tokens become spaces. Other text, JSON of
 * 1,000 or more levels and JSON's null are written as the string {@code valueText} instead of {@code value}, other
 * bytes as {@code valueBase64}. A key or a header's value is a string, or {@code keyBase64} and {@code valueBase64}.
 * Nulls in Kafka are nulls. No record is rejected.
 */
final class Envelope implements Lines {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public ByteBuffer line(ConsumerRecord<byte[], ByteBuffer> consumed) {
        line.reset();
        try (JsonGenerator json = Json.FACTORY.createGenerator(line)) {
            json.writeStartObject();
            writePosition(json, consumed);
            writeTextOrBytes(json, "key", Utils.wrapNullable(consumed.key()));
            writeHeaders(json, consumed);
            writeValue(json, consumed.value());
            json.writeEndObject();
        } catch (IOException e) {
            // The generator writes to memory only.
            throw new UncheckedIOException(e);
        }
        return ByteBuffer.wrap(line.toByteArray());
    }

    private static void writePosition(JsonGenerator json, ConsumerRecord<?, ?> consumed) throws IOException {
        json.writeStringField("topic", consumed.topic());
        json.writeNumberField("partition", consumed.partition());
        json.writeNumberField("offset", consumed.offset());
        if (consumed.timestampType() == TimestampType.NO_TIMESTAMP_TYPE) {
            json.writeNullField("timestamp");
        } else {
            json.writeNumberField("timestamp", consumed.timestamp());
        }
        json.writeStringField("timestampType", consumed.timestampType().toString());
    }

    private static void writeHeaders(JsonGenerator json, ConsumerRecord<?, ?> consumed) throws IOException {
        json.writeArrayFieldStart("headers");
        for (Header header : consumed.headers()) {
            json.writeStartObject();
            json.writeStringField("key", header.key());
            writeTextOrBytes(json, "value", Utils.wrapNullable(header.value()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeTextOrBytes(JsonGenerator json, String name, ByteBuffer bytes) throws IOException {
        if (bytes == null) {
            json.writeNullField(name);
            return;
        }
        Optional<String> text = Json.text(bytes);
        if (text.isPresent()) {
            json.writeStringField(name, text.get());
        } else {
            json.writeFieldName(name + "Base64");
            json.writeBinary(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        }
    }

    private static void writeValue(JsonGenerator json, ByteBuffer value) throws IOException {
        Optional<String> text = value == null ? Optional.empty() : Json.text(value);
        if (text.isPresent() && Json.isEnvelopeValue(value)) {
            json.writeFieldName("value");
            json.writeRawValue(text.get().replace('\n', ' ').replace('\r', ' '));
        } else {
            writeTextOrBytes(json, text.isPresent() ? "valueText" : "value", value);
        }
    }
}
