package io.wadi.ingest.admission;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.wadi.config.Nearest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads a {@code keys.yaml} and finds all its mistakes, each with its line. */
final class KeysFile {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final List<String> FIELDS = List.of("name", "sha256", "topics", "rate", "until");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final int MOST_HASHES = 2;
    private static final long FASTEST = 10_000_000;

    private final byte[] yaml;
    private final List<String> mistakes = new ArrayList<>();
    private final Map<String, ApiKeys.Key> keys = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();

    /** A field's value and where it stands. */
    private record Field(int line, JsonNode value) {}

    KeysFile(byte[] yaml) {
        this.yaml = yaml;
    }

    /** See {@link ApiKeys#parse}. */
    Map<String, ApiKeys.Key> read() {
        try (JsonParser parser = YAML.createParser(yaml)) {
            file(parser);
        } catch (JsonProcessingException e) {
            mistake(e.getLocation() == null ? 1 : e.getLocation().getLineNr(), inShort(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), mistakes));
        }
        return keys;
    }

    /** Without the lines that show where it is. */
    private static String inShort(String message) {
        return message.lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
    }

    private void file(JsonParser parser) throws IOException {
        boolean found = false;
        if (parser.nextToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                if (parser.currentName().equals("keys")) {
                    found = true;
                    list(parser);
                } else {
                    unknown(line(parser), parser.currentName(), List.of("keys"));
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
        }
        if (!found) {
            mistake(1, "there is no list of keys");
        }
    }

    private void list(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            mistake(line(parser), "keys is no list");
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            int line = line(parser);
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                key(line, fields(parser));
            } else {
                mistake(line, "found no key, which has the fields " + String.join(", ", FIELDS));
                parser.skipChildren();
            }
        }
    }

    private Map<String, Field> fields(JsonParser parser) throws IOException {
        Map<String, Field> fields = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            int line = line(parser);
            String name = parser.currentName();
            parser.nextToken();
            JsonNode value = parser.readValueAsTree();
            if (!FIELDS.contains(name)) {
                unknown(line, name, FIELDS);
            } else if (fields.put(name, new Field(line, value)) != null) {
                mistake(line, name + " stands there twice");
            }
        }
        return fields;
    }

    private void key(int line, Map<String, Field> fields) {
        int before = mistakes.size();
        for (String needed : List.of("name", "sha256", "topics")) {
            if (!fields.containsKey(needed)) {
                mistake(line, needed + " is missing");
            }
        }
        String name = name(fields.get("name"));
        byte[][] hashes = hashes(fields.get("sha256"));
        TopicPatterns topics = topics(fields.get("topics"));
        Rate rate = rate(fields.get("rate"));
        long until = until(fields.get("until"));
        if (mistakes.size() == before) {
            keys.put(name, ApiKeys.Key.of(new Grant(name, topics, rate, until), hashes));
        }
    }

    private String name(Field field) {
        if (field == null) {
            return null;
        }
        String name = field.value().asText();
        if (!ApiKey.NAME.matcher(name).matches()) {
            found(field, "name", ApiKey.ALLOWED_NAME);
        }
        Integer first = lines.putIfAbsent(name, field.line());
        if (first != null) {
            mistake(field.line(), "key " + name + " stands in line " + first + " already");
        }
        return name;
    }

    private byte[][] hashes(Field field) {
        List<String> texts = field == null ? List.of() : texts(field.value());
        boolean isAllowed = !texts.isEmpty()
                && texts.size() <= MOST_HASHES
                && texts.stream().allMatch(text -> HASH.matcher(text).matches());
        if (field != null && !isAllowed) {
            found(field, "sha256", "64 hexadecimal digits in lower case, or two of them while a key is replaced");
        }
        return isAllowed ? texts.stream().map(HexFormat.of()::parseHex).toArray(byte[][]::new) : new byte[0][];
    }

    private TopicPatterns topics(Field field) {
        if (field == null) {
            return TopicPatterns.NONE;
        }
        try {
            return TopicPatterns.of(texts(field.value()));
        } catch (IllegalArgumentException e) {
            mistake(field.line(), "topics: " + e.getMessage());
            return TopicPatterns.NONE;
        }
    }

    private Rate rate(Field field) {
        if (field == null) {
            return null;
        }
        long rate = field.value().canConvertToExactIntegral() ? field.value().asLong() : 0;
        if (rate < 1 || rate > FASTEST) {
            found(field, "rate", "a whole number of events a second from 1 to " + FASTEST);
            return null;
        }
        return Rate.of(rate, 0);
    }

    /** The last day counts, in UTC. */
    private long until(Field field) {
        if (field == null) {
            return Long.MAX_VALUE;
        }
        try {
            Instant end = LocalDate.parse(field.value().asText())
                    .plusDays(1)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant();
            return end.toEpochMilli();
        } catch (DateTimeParseException e) {
            found(field, "until", "a day such as 2030-12-31");
            return 0;
        }
    }

    private static List<String> texts(JsonNode value) {
        if (!value.isArray()) {
            return List.of(value.asText());
        }
        List<String> texts = new ArrayList<>();
        value.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private void found(Field field, String name, String allowed) {
        mistake(field.line(), name + ": found " + field.value() + ", allowed: " + allowed);
    }

    private void unknown(int line, String name, Collection<String> known) {
        String nearest = Nearest.to(name, known)
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
        mistake(line, "there is no field " + name + " here" + nearest);
    }

    private void mistake(int line, String text) {
        mistakes.add("keys.yaml line " + line + ": " + text);
    }
}
