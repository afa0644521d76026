package io.wadi.extension.connectors.convert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.format.Times;
import io.wadi.runtime.config.NearestName;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A chain of changes to a record's fields, such as {@code rename cust=customer; drop secret, internal; mask card;
 * flatten _; timestamp created=millis, read=record}. Thread-safe.
 *
 * <ul>
 *   <li>{@code rename old=new}: what is not there is not renamed; a name that is there already is refused
 *   <li>{@code drop name}
 *   <li>{@code mask name}, {@code mask name=text}: a text becomes {@code ****}, or this one; a number 0, a boolean false, others null
 *   <li>{@code flatten}, {@code flatten _}: objects' fields become fields of the record, their names joined by {@code _}, or by what
 *       is given; lists stay
 *   <li>{@code timestamp name=millis}, {@code seconds}: a number since 1970 becomes an ISO-8601 text in UTC; {@code to-millis},
 *       {@code to-seconds}: the reverse; {@code name=record}: the record's own time as a new field
 * </ul>
 */
public final class Transforms {
    private static final Set<String> TIMES = Set.of("millis", "seconds", "to-millis", "to-seconds", "record");
    private static final long MILLIS = 1000;

    private final List<Transform> all;

    /** One change. */
    private interface Transform {
        void apply(Fields fields, Instant time);
    }

    private Transforms(List<Transform> all) {
        this.all = all;
    }

    /**
     * Reads such a text; empty for none.
     *
     * @throws IllegalArgumentException if it is invalid; the message has what is expected
     */
    public static Transforms of(String text) {
        List<Transform> all = new ArrayList<>();
        for (String each : text.split(";", -1)) {
            if (!each.isBlank()) {
                all.add(transform(each.strip()));
            }
        }
        return new Transforms(List.copyOf(all));
    }

    /** Returns whether there are no changes. */
    public boolean isEmpty() {
        return all.isEmpty();
    }

    /**
     * Changes the fields.
     *
     * @param time the record's own
     * @throws IllegalArgumentException if a change does not apply to a field; the message names it
     */
    public void apply(Fields fields, Instant time) {
        all.forEach(each -> each.apply(fields, time));
    }

    private static Transform transform(String text) {
        String[] parts = text.split("\\s+", 2);
        String rest = parts.length == 1 ? "" : parts[1].strip();
        return switch (parts[0]) {
            case "rename" -> each(text, rest, true, Transforms::rename);
            case "drop" -> each(text, rest, false, Transforms::drop);
            case "mask" -> each(text, rest, false, Transforms::mask);
            case "timestamp" -> timestamp(text, rest);
            case "flatten" -> (fields, time) -> flatten(fields, rest.isEmpty() ? "_" : rest);
            default -> {
                Set<String> known = new TreeSet<>(Set.of("rename", "drop", "mask", "timestamp", "flatten"));
                throw new IllegalArgumentException("there is no transform %s%s; allowed: %s"
                        .formatted(parts[0], NearestName.question(parts[0], known), String.join(", ", known)));
            }
        };
    }

    /** A change of one field. */
    private interface OfField {
        void apply(Fields fields, String name, String value, Instant time);
    }

    private static Transform each(String text, String names, boolean needsValue, OfField change) {
        List<String[]> pairs = Arrays.stream(names.split(",", -1))
                .map(each -> each.strip().split("\\s*=\\s*", 2))
                .toList();
        if (pairs.stream().anyMatch(pair -> pair[0].isEmpty() || (needsValue && pair.length < 2))) {
            throw new IllegalArgumentException("\"%s\" is no transform, allowed is such as \"%s\""
                    .formatted(text, needsValue ? text.replaceFirst("\\s.*", "") + " old=new" : "drop a, b"));
        }
        return (fields, time) ->
                pairs.forEach(pair -> change.apply(fields, pair[0], pair.length == 1 ? null : pair[1], time));
    }

    private static Transform timestamp(String text, String pairs) {
        for (String pair : pairs.split(",", -1)) {
            String how = pair.replaceFirst("^[^=]*=", "").strip();
            if (!TIMES.contains(how)) {
                throw new IllegalArgumentException("\"%s\": there is no %s; allowed: name=%s"
                        .formatted(text, how, String.join(", name=", new TreeSet<>(TIMES))));
            }
        }
        return each(text, pairs, true, Transforms::time);
    }

    private static void rename(Fields fields, String old, String name, Instant time) {
        ObjectNode json = fields.json();
        if (!json.has(old)) {
            return;
        }
        if (json.has(name)) {
            throw new IllegalArgumentException("the field %s cannot be named %s: there is one".formatted(old, name));
        }
        // Each keeps its place.
        List<Map.Entry<String, JsonNode>> before = List.copyOf(json.properties());
        json.removeAll();
        before.forEach(field -> json.set(field.getKey().equals(old) ? name : field.getKey(), field.getValue()));
        FieldType type = fields.types().remove(old);
        if (type != null) {
            fields.types().put(name, type);
        }
    }

    private static void drop(Fields fields, String name, String nothing, Instant time) {
        fields.json().remove(name);
        fields.types().remove(name);
    }

    private static void mask(Fields fields, String name, String text, Instant time) {
        JsonNode value = fields.json().path(name);
        switch (value.getNodeType()) {
            case STRING -> {
                fields.json().put(name, text == null ? "****" : text);
                fields.types().remove(name);
            }
            case NUMBER -> fields.json().put(name, 0);
            case BOOLEAN -> fields.json().put(name, false);
            case MISSING, NULL -> {}
            default -> fields.json().set(name, NullNode.getInstance());
        }
    }

    private static void flatten(Fields fields, String joint) {
        ObjectNode json = fields.json();
        List<Map.Entry<String, JsonNode>> before = List.copyOf(json.properties());
        json.removeAll();
        before.forEach(field -> put(json, field.getKey(), field.getValue(), joint));
    }

    private static void put(ObjectNode into, String name, JsonNode value, String joint) {
        if (value instanceof ObjectNode object) {
            object.properties().forEach(field -> put(into, name + joint + field.getKey(), field.getValue(), joint));
        } else if (into.has(name)) {
            throw new IllegalArgumentException("flattened, there are two fields " + name);
        } else {
            into.set(name, value);
        }
    }

    private static void time(Fields fields, String name, String how, Instant time) {
        if (how.equals("record")) {
            fields.json().put(name, time.toString());
            fields.types().put(name, FieldType.TIMESTAMP);
            return;
        }
        JsonNode value = fields.json().path(name);
        if (value.isMissingNode() || value.isNull()) {
            return;
        }
        if (how.startsWith("to-")) {
            long millis = Times.of(value.asText()).toEpochMilli();
            fields.json().put(name, how.equals("to-millis") ? millis : Math.floorDiv(millis, MILLIS));
            fields.types().put(name, FieldType.INT64);
        } else {
            fields.json().put(name, instant(name, value, how).toString());
            fields.types().put(name, FieldType.TIMESTAMP);
        }
    }

    private static Instant instant(String name, JsonNode value, String how) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("the field %s is no time in %s: %s".formatted(name, how, value));
        }
        try {
            return how.equals("millis")
                    ? Instant.ofEpochMilli(value.longValue())
                    : Instant.ofEpochSecond(value.longValue());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("the field %s is no time in %s: %s".formatted(name, how, value), e);
        }
    }
}
