package io.wadi.metrics.notification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.metrics.alerts.Alert.State;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;

/**
 * A record of the alerts' topic: one change of one alert.
 *
 * @param since when it began, in milliseconds since 1970
 * @param at when it changed, likewise
 * @param facts what Alertmanager is told of it that no time changes: members of a JSON object, without its braces
 */
record AlertChange(State state, long since, long at, String facts) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NO_DATA = "no-data";

    /**
     * Reads a record's value. An alert of silence gets the label {@code kind="no-data"}: of the rule's alert on the value it
     * has all other labels, and Alertmanager knows alerts by their labels. In names of labels and annotations, what
     * Alertmanager does not allow becomes an underscore.
     *
     * @param link where the alert's link leads, with {@code {host}} and {@code {alert}}; empty for nowhere
     * @throws IllegalArgumentException where it is no such record: the message says why
     */
    static AlertChange parse(byte[] value, String link) {
        try {
            JsonNode alert = JSON.readTree(value);
            ObjectNode labels = names(alert, "labels");
            if (labels.isEmpty()) {
                throw new IllegalArgumentException("it has no labels");
            }
            if (alert.path("kind").asText().equals(NO_DATA)) {
                labels.put("kind", NO_DATA);
            }
            ObjectNode facts = JSON.createObjectNode();
            facts.set("labels", labels);
            facts.set("annotations", names(alert, "annotations"));
            if (!link.isEmpty()) {
                facts.put(
                        "generatorURL",
                        link.replace("{host}", encoded(labels, "host"))
                                .replace("{alert}", encoded(labels, "alertname")));
            }
            String text = JSON.writeValueAsString(facts);
            return new AlertChange(
                    state(alert), time(alert, "since"), time(alert, "at"), text.substring(1, text.length() - 1));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("it cannot be read: " + e.getMessage(), e);
        }
    }

    private static State state(JsonNode alert) {
        String word = alert.path("state").asText();
        for (State state : State.values()) {
            if (state.name().toLowerCase(Locale.ROOT).equals(word)) {
                return state;
            }
        }
        throw new IllegalArgumentException("its state is \"%s\", which is none".formatted(word));
    }

    private static long time(JsonNode alert, String field) {
        String text = alert.path(field).asText();
        try {
            return Instant.parse(text).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("its %s is \"%s\", which is no time".formatted(field, text), e);
        }
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
