package io.wadi.metrics.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.metrics.alerts.Alert.State;
import io.wadi.runtime.config.Excerpt;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;

/**
 * One record of the alerts topic: a state change of one alert.
 *
 * @param since when the alert began, in milliseconds since 1970
 * @param at when its state changed, in milliseconds since 1970
 * @param fields the members of Alertmanager's JSON object that do not depend on the time, without the enclosing braces
 */
record AlertChange(State state, long since, long at, String fields) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NO_DATA = "no-data";
    private static final int MAX_BYTES = 64 << 10;
    private static final int MAX_QUOTED = 100;

    /**
     * Parses a record's value. A no-data alert gets the label {@code kind="no-data"}: Alertmanager identifies alerts by
     * their labels, and without this label it would be the same as the value alert of its rule. Characters that
     * Alertmanager does not allow in names of labels and annotations become underscores.
     *
     * @param link template of {@code generatorURL} with {@code {host}} and {@code {alert}}; empty for none
     * @throws IllegalArgumentException if the value is not a valid alert
     */
    static AlertChange parse(byte[] value, String link) {
        if (value.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "found %,d bytes, expected at most %,d".formatted(value.length, MAX_BYTES));
        }
        try {
            JsonNode alert = JSON.readTree(value);
            ObjectNode labels = names(alert, "labels");
            if (labels.isEmpty()) {
                throw new IllegalArgumentException("labels are missing");
            }
            if (alert.path("kind").asText().equals(NO_DATA)) {
                labels.put("kind", NO_DATA);
            }
            ObjectNode fields = JSON.createObjectNode();
            fields.set("labels", labels);
            fields.set("annotations", names(alert, "annotations"));
            if (!link.isEmpty()) {
                fields.put(
                        "generatorURL",
                        link.replace("{host}", encoded(labels, "host"))
                                .replace("{alert}", encoded(labels, "alertname")));
            }
            String text = JSON.writeValueAsString(fields);
            return new AlertChange(
                    state(alert), time(alert, "since"), time(alert, "at"), text.substring(1, text.length() - 1));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("reading failed: " + e.getMessage(), e);
        }
    }

    private static State state(JsonNode alert) {
        String word = alert.path("state").asText();
        for (State state : State.values()) {
            if (state.name().toLowerCase(Locale.ROOT).equals(word)) {
                return state;
            }
        }
        throw new IllegalArgumentException(
                "state is \"%s\", expected inactive, pending, firing or resolved".formatted(quoted(word)));
    }

    private static long time(JsonNode alert, String field) {
        String text = alert.path(field).asText();
        try {
            return Instant.parse(text).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%s is \"%s\", expected an RFC 3339 time".formatted(field, quoted(text)), e);
        }
    }

    private static String quoted(String text) {
        return Excerpt.of(text, MAX_QUOTED);
    }

    private static ObjectNode names(JsonNode alert, String field) {
        ObjectNode texts = JSON.createObjectNode();
        alert.path(field)
                .properties()
                .forEach(each ->
                        texts.put(allowed(each.getKey()), each.getValue().asText()));
        return texts;
    }

    private static String allowed(String name) {
        String allowed = name.replaceAll("[^a-zA-Z0-9_]", "_");
        return allowed.matches("[0-9].*") || allowed.isEmpty() ? "_" + allowed : allowed;
    }

    private static String encoded(ObjectNode labels, String name) {
        return URLEncoder.encode(labels.path(name).asText(), StandardCharsets.UTF_8)
                .replace("+", "%20");
    }
}
