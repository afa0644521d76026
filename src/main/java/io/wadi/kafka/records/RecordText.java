package io.wadi.kafka.records;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
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
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Records formatted as text or JSON. Bytes that are not UTF-8 are shown as {@code base64:…}. */
public final class RecordText {
    /** An object with two fields of one name is shown as text, which has both. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final int MAX_LINE = 160;

    /**
     * The factor by which indentation may lengthen a value: each line of a deeply nested value begins with many spaces.
     */
    private static final int MAX_EXPANSION = 10;

    private static final int MAX_HEADERS = 256;
    /** The characters that occupy as much memory as a header with a short name and value: an object of two fields. */
    private static final int CHARACTERS_OF_HEADER = 30;

    private RecordText() {}

    /**
     * Formats a record as {@code partition@offset  time  key  value}, with headers after the key. A JSON object or
     * array of more than 160 characters follows on separate lines, indented unless that makes it ten times as long. All
     * lines but the first begin with blanks, so that a record cannot contain what looks like another one.
     */
    public static String lines(ConsumerRecord<byte[], byte[]> found) {
        StringBuilder line = new StringBuilder()
                .append(found.partition())
                .append('@')
                .append(found.offset())
                .append("  ")
                .append(Instant.ofEpochMilli(found.timestamp()));
        if (found.key() != null) {
            line.append("  ").append(inLine(text(found.key())));
        }
        for (Header each : found.headers()) {
            line.append("  ").append(inLine(each.key() + "=" + text(each.value())));
        }
        String value = text(found.value());
        Optional<String> indented = value.length() > MAX_LINE ? indented(value) : Optional.empty();
        return indented.isPresent()
                ? line.append('\n').append(indented.get()).toString()
                : line.append("  ").append(value.replace("\n", "\n  ")).toString();
    }

    /** Returns a text with {@code \n} instead of line feeds. */
    public static String inLine(String text) {
        return text.replace("\n", "\\n");
    }

    private static Optional<String> indented(String value) {
        int maxLength = MAX_EXPANSION * value.length();
        return json(value)
                .map(tree -> IndentedJson.of(tree, maxLength))
                .filter(text -> text.length() < maxLength)
                .map(text -> text.indent(2).stripTrailing());
    }

    /**
     * Formats a record as one line of JSON: topic, partition, offset, time, key, headers, value; JSON values are
     * embedded.
     */
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
     * Formats a record for the web page: partition, offset, time, key, the first 256 headers, the number of
     * {@code omittedHeaders}, the size of the value as {@code bytes}, and the value, indented if it is JSON.
     *
     * @param longest the maximum number of characters of each key, header and value; the field {@code cut} is true if
     *     the value was truncated
     */
    public static ObjectNode shown(ConsumerRecord<byte[], byte[]> found, Masking masking, int longest) {
        return shown(found, masking, longest, name -> true);
    }

    /** Like {@link #shown(ConsumerRecord, Masking, int)}, but only with headers whose name is selected. */
    public static ObjectNode shown(
            ConsumerRecord<byte[], byte[]> found, Masking masking, int longest, Predicate<String> isSelected) {
        ObjectNode shown = JSON.createObjectNode();
        shown.put("partition", found.partition());
        shown.put("offset", found.offset());
        shown.put("time", found.timestamp());
        shown.put("key", found.key() == null ? null : cut(masking.indented(text(found.key()), longest), longest));
        ArrayNode headers = shown.putArray("headers");
        int omitted = 0;
        for (Header each : found.headers()) {
            if (!isSelected.test(each.key())) {
                continue;
            }
            if (headers.size() == MAX_HEADERS) {
                omitted++;
            } else {
                headers.addObject()
                        .put("name", cut(each.key(), longest))
                        .put("value", cut(masking.header(each.key(), text(each.value())), longest));
            }
        }
        shown.put("omittedHeaders", omitted);
        shown.put("bytes", found.value() == null ? null : (Integer) found.value().length);
        String value = found.value() == null ? null : masking.indented(text(found.value()), longest);
        shown.put("value", value == null ? null : cut(value, longest));
        shown.put("cut", value != null && value.length() > longest);
        return shown;
    }

    /** Returns the memory that a record from {@link #shown} occupies, in characters of its texts and headers. */
    public static int characters(ObjectNode shown) {
        int characters = texts(shown);
        for (JsonNode header : shown.path("headers")) {
            characters += CHARACTERS_OF_HEADER + texts(header);
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

    /** Parses a JSON object or array; empty for anything else. */
    static Optional<JsonNode> json(String text) {
        try {
            JsonNode tree = JSON.readTree(text);
            return tree.isContainerNode() ? Optional.of(tree) : Optional.empty();
        } catch (JsonProcessingException | NumberFormatException e) { // the latter for exponents beyond an int
            return Optional.empty();
        }
    }

    /** Decodes UTF-8, or encodes other bytes as {@code base64:…}. */
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
