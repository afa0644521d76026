package io.wadi.metrics.alerts;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.metrics.alerts.AlertRule.Origin;
import io.wadi.runtime.config.Units;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * One change of an alert's state. All times are event times, in milliseconds since 1970.
 *
 * @param id the same for all changes of one alert, from pending to resolved, and for no other alert. It is computed
 *     from the rule's definition, kind, host and {@code since} only, so that a repeated change has the same id and
 *     state
 * @param rule the rule's name
 * @param host the {@code host.name} that the alert is about
 * @param value the value that caused the change; NaN if no value did
 * @param threshold the threshold of the rule; NaN for a no-data alert
 * @param since when the alert began: at the first document beyond the threshold, or at the last document before no data
 * @param at when the state changed
 * @param labels all labels, including {@code alertname}, {@code host} and {@code severity}, sorted by name
 * @param annotations the rendered annotations; empty if the rule was removed
 */
public record Alert(
        String id,
        String rule,
        Kind kind,
        State state,
        Reason reason,
        String host,
        double value,
        double threshold,
        long since,
        long at,
        String severity,
        Map<String, String> labels,
        Map<String, String> annotations) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ID_DIGITS = 32;

    /** The subject of an alert. */
    public enum Kind {
        /** The rule's value crossed its threshold. */
        VALUE,
        /** A host sends no documents. */
        NO_DATA
    }

    /** The state of an alert, as in Prometheus. */
    public enum State {
        /** The alert was pending and has not fired. */
        INACTIVE(0),
        /** The value is beyond the threshold, but not yet for the duration {@code for}. */
        PENDING(1),
        /** The alert is active; notifications are sent. */
        FIRING(2),
        /** The alert was firing and has ended. */
        RESOLVED(3);

        /** The stored code; must not change. */
        final int code;

        State(int code) {
            this.code = code;
        }

        /** Returns the state that the lowest two bits store. */
        static State of(long bits) {
            return switch ((int) bits & 3) {
                case 0 -> INACTIVE;
                case 1 -> PENDING;
                case 2 -> FIRING;
                default -> RESOLVED;
            };
        }
    }

    /** The cause of a state change. */
    public enum Reason {
        /** A document of the host arrived. */
        DOCUMENT,
        /** No document arrived for longer than {@code no-data-after}. */
        SILENCE,
        /** The definition of the rule has changed. */
        RULE_CHANGED,
        /** The rule was removed. */
        RULE_REMOVED,
        /** The state of the host was removed, because the host has sent no documents for a long time. */
        HOST_EXPIRED
    }

    record Change(Kind kind, State state, Reason reason, double value, long since, long at) {}

    static Alert of(AlertRule rule, String host, Change change) {
        Map<String, String> annotations = new TreeMap<>();
        Alert alert = of(rule.origin(), host, change, Collections.unmodifiableMap(annotations));
        rule.annotations()
                .forEach((name, annotation) -> annotations.put(
                        name, annotation.render(alert.labels::get, number -> placeholder(rule, change, number))));
        return alert;
    }

    static Alert of(Origin origin, String host, Change change) {
        return of(origin, host, change, Map.of());
    }

    private static Alert of(Origin origin, String host, Change change, Map<String, String> annotations) {
        Map<String, String> labels = new TreeMap<>(origin.labels());
        labels.put("alertname", origin.name());
        labels.put("host", host);
        labels.put("severity", origin.severity());
        return new Alert(
                id(origin.fingerprint(), host, change),
                origin.name(),
                change.kind,
                change.state,
                change.reason,
                host,
                change.value,
                change.kind == Kind.VALUE ? origin.threshold() : Double.NaN,
                change.since,
                change.at,
                origin.severity(),
                Collections.unmodifiableMap(labels),
                annotations);
    }

    private static String placeholder(AlertRule rule, Change change, String number) {
        if (change.kind == Kind.NO_DATA) {
            return number.equals("value") ? "no data" : Units.text(Duration.ofMillis(rule.noDataMs()));
        }
        double found = number.equals("value") ? change.value : rule.bound().threshold();
        return Double.isNaN(found) ? "no data" : Annotation.plain(BigDecimal.valueOf(found));
    }

    private static String id(long fingerprint, String host, Change change) {
        String parts = String.format(Locale.ROOT, "%016x %s %d %s", fingerprint, change.kind, change.since, host);
        return DigestUtils.sha256Hex(parts).substring(0, ID_DIGITS);
    }

    /** Returns the record value: one JSON object in UTF-8 with RFC 3339 times; absent values are left out. */
    public byte[] toJson() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("id", id);
            json.writeStringField("rule", rule);
            json.writeStringField("kind", Units.word(kind));
            json.writeStringField("state", Units.word(state));
            json.writeStringField("reason", Units.word(reason));
            json.writeStringField("host", host);
            write(json, "value", value);
            write(json, "threshold", threshold);
            json.writeStringField("since", Instant.ofEpochMilli(since).toString());
            json.writeStringField("at", Instant.ofEpochMilli(at).toString());
            json.writeStringField("severity", severity);
            json.writeObjectField("labels", labels);
            json.writeObjectField("annotations", annotations);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing an alert as JSON failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, String name, double number) throws IOException {
        if (!Double.isNaN(number)) {
            json.writeNumberField(name, number);
        }
    }
}
