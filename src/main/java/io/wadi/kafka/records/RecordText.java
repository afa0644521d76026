package io.wadi.kafka.records;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Records as a person reads them, or as JSON. What is no UTF-8 is shown as {@code base64:…}. */
public final class RecordText {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final int LONGEST_LINE = 160;

    private RecordText() {}

    /**
     * {@code partition@offset  time  key  value}, with headers behind the key; a value that is a JSON object or array and longer
     * than 160 characters stands below, indented.
     */
    public static String lines(ConsumerRecord<byte[], byte[]> found) {
        StringBuilder line = new StringBuilder()
                .append(found.partition())
                .append('@')
                .append(found.offset())
                .append("  ")
                .append(Instant.ofEpochMilli(found.timestamp()));
        if (found.key() != null) {
            line.append("  ").append(text(found.key()));
        }
        for (Header each : found.headers()) {
            line.append("  ").append(each.key()).append('=').append(text(each.value()));
        }
        String value = text(found.value());
        Optional<JsonNode> json = value.length() > LONGEST_LINE ? json(value) : Optional.empty();
        return json.isPresent()
                ? line.append('\n')
                        .append(json.get().toPrettyString().indent(2))
                        .toString()
                        .stripTrailing()
                : line.append("  ").append(value).toString();
    }

    /** One object in a line: topic, partition, offset, time, key, headers, value; a value that is JSON as it is. */
    public static String json(ConsumerRecord<byte[], byte[]> found) {
        ObjectNode json = JSON.createObjectNode();
        json.put("topic", found.topic());
        json.put("partition", found.partition());
        json.put("offset", found.offset());
        json.put("time", Instant.ofEpochMilli(found.timestamp()).toString());
        json.put("key", found.key() == null ? null : text(found.key()));
        ArrayNode headers = json.putArray("headers");
        for (Header each : found.headers()) {
            headers.addObject().put("name", each.key()).put("value", each.value() == null ? null : text(each.value()));
        }
        if (found.value() == null) {
            json.putNull("value");
        } else {
            String value = text(found.value());
            json(value).ifPresentOrElse(tree -> json.set("value", tree), () -> json.put("value", value));
        }
        return json.toString();
    }

    /**
     * For a page: partition, offset, time, key, headers, the value's size as {@code bytes}, and the value as a text, indented where it
     * is JSON.
     *
     * @param masking hides the values of headers and JSON fields
     * @param longest characters that are shown of a key, of a header and of a value; what is longer is cut, which {@code cut} says
     */
    public static ObjectNode shown(ConsumerRecord<byte[], byte[]> found, Masking masking, int longest) {
        ObjectNode shown = JSON.createObjectNode();
        shown.put("partition", found.partition());
        shown.put("offset", found.offset());
        shown.put("time", found.timestamp());
        shown.put("key", found.key() == null ? null : cut(masking.indented(text(found.key()), longest), longest));
        ArrayNode headers = shown.putArray("headers");
        for (Header each : found.headers()) {
            headers.addObject()
                    .put("name", each.key())
                    .put("value", cut(masking.header(each.key(), text(each.value())), longest));
        }
        shown.put("bytes", found.value() == null ? null : (Integer) found.value().length);
        String value = found.value() == null ? null : masking.indented(text(found.value()), longest);
        shown.put("value", value == null ? null : cut(value, longest));
        shown.put("cut", value != null && value.length() > longest);
        return shown;
    }

    /** How many characters a record has that {@link #shown} has made: of its own texts and of its headers. */
    public static int characters(ObjectNode shown) {
        int characters = texts(shown);
        for (JsonNode header : shown.path("headers")) {
            characters += texts(header);
        }
        return characters;
    }

    private static int texts(JsonNode object) {
        int characters = 0;
        for (JsonNode each : object) {
            characters += each.isTextual() ? each.textValue().length() : 0;
        }
        return characters;
    }

    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest);
    }

    /** JSON that is an object or an array. */
    static Optional<JsonNode> json(String text) {
        try {
            JsonNode tree = JSON.readTree(text);
            return tree.isContainerNode() ? Optional.of(tree) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** What is no UTF-8 as {@code base64:…}. */
    public static String text(byte[] bytes) {
        if (bytes == null) {
            return "(null)";
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return "base64:" + Base64.getEncoder().encodeToString(bytes);
        }
    }
}
