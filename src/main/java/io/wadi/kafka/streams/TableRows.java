package io.wadi.kafka.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.streams.kstream.Window;

/**
 * The rows of a response by key, limited in number and in characters. Keys and values of more than 20,000 characters
 * are truncated, and {@code cut} is true in their rows.
 */
final class TableRows {
    private static final int LONGEST = 20_000;
    /**
     * The number of bytes that count as a character, for the copy of the key as bytes: about 14 bytes of memory are
     * reserved for each character of the response.
     */
    private static final int KEY_BYTES_PER_CHARACTER = 14;

    private final int max;
    private final int maxCharacters;
    private final UnaryOperator<JsonNode> masking;
    private final Map<ByteBuffer, Row> byKey = new LinkedHashMap<>();
    private int characters;
    private boolean isFull;

    private record Row(Window window, ObjectNode json, int characters) {}

    TableRows(int max, int maxCharacters, UnaryOperator<JsonNode> masking) {
        this.max = max;
        this.maxCharacters = maxCharacters;
        this.masking = masking;
    }

    /** Returns whether a row was omitted. After that, no row is added, but existing rows are replaced. */
    boolean isFull() {
        return isFull;
    }

    /** Returns the window of a key's row; null if it has no row. */
    Window window(ByteBuffer key) {
        Row row = byKey.get(key);
        return row == null ? null : row.window();
    }

    /** Returns whether another row, with a length that is not known yet, may be added. */
    boolean mayAdd() {
        isFull |= byKey.size() >= max;
        return !isFull;
    }

    /** Adds or replaces the row of a key. If it does not fit, the key has no row any more, rather than a former one. */
    void put(ByteBuffer key, Window window, boolean hasTimes, String text, JsonNode value) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("key", cut(text));
        if (hasTimes) {
            addTimes(json, window.start(), window.end());
        }
        JsonNode masked = masking.apply(value);
        String shown = masked.toString();
        boolean isLong = shown.length() > LONGEST;
        json.set("value", isLong ? JsonNodeFactory.instance.textNode(cut(shown)) : masked);
        if (isLong || text.length() > LONGEST) {
            json.put("cut", true);
        }
        int length = Math.min(text.length(), LONGEST)
                + Math.min(shown.length(), LONGEST)
                + key.remaining() / KEY_BYTES_PER_CHARACTER;
        Row before = byKey.get(key);
        characters -= before == null ? 0 : before.characters();
        if (characters + length > maxCharacters) {
            isFull = true;
            byKey.remove(key);
            return;
        }
        characters += length;
        byKey.put(key, new Row(window, json, length));
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }

    static ObjectNode addTimes(ObjectNode into, long start, long end) {
        return into.put("start", Instant.ofEpochMilli(start).toString())
                .put("end", Instant.ofEpochMilli(end).toString());
    }

    ArrayNode json() {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        byKey.values().forEach(row -> rows.add(row.json()));
        return rows;
    }
}
