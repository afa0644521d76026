package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.AlertRule.Origin;
import io.wadi.runtime.config.Units;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One change of an alert's state. All times are event times, in milliseconds since 1970.
 *
 * @param id equal for all changes of one alert, from pending to resolved, and for no others. It is made of rule, kind, host
 *     and {@code since} alone, so that a change that is told again has the same id and state
 * @param rule the rule's name
 * @param host the {@code host.name} it is about
 * @param value the value that made the change; NaN where none did
 * @param threshold the rule's; NaN for an alert of silence
 * @param since when it began: the first document over the threshold, or the last before the silence
 * @param at when it changed
 * @param labels all of them, {@code alertname}, {@code host} and {@code severity} included, by name
 * @param annotations with their placeholders filled; empty where the rule is not there any more
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

    /** What an alert is about. */
    public enum Kind {
        /** The rule's value. */
        VALUE,
        /** A host that is silent for too long. */
        NO_DATA
    }

    /** Where an alert stands, as in Prometheus. */
    public enum State {
        /** Was pending and never fired. */
        INACTIVE(0),
        /** Over the threshold, but not for long enough yet. */
        PENDING(1),
        /** A person should know. */
        FIRING(2),
        /** Was firing, and is over. */
        RESOLVED(3);

        /** As which it is stored: never to be changed. */
        final int code;

        State(int code) {
            this.code = code;
        }

        /** The state that is stored as the lowest two bits. */
        static State of(long bits) {
            return switch ((int) bits & 3) {
                case 0 -> INACTIVE;
                case 1 -> PENDING;
                case 2 -> FIRING;
                default -> RESOLVED;
            };
        }
    }

    /** Why the state changed. */
    public enum Reason {
        /** A document of the host. */
        DOCUMENT,
        /** There was none for too long. */
        SILENCE,
        /** The rule's definition is another now. */
        RULE_CHANGED,
        /** There is no such rule any more. */
        RULE_REMOVED,
        /** The host is not looked after any more. */
        HOST_FORGOTTEN
    }

    /** What a change is, besides whose. */
    record Change(Kind kind, State state, Reason reason, double value, long since, long at) {}

    static Alert of(AlertRule rule, String host, Change change) {
        Alert bare = of(rule.origin(), host, change);
        Map<String, String> annotations = new TreeMap<>();
        rule.annotations()
                .forEach((name, annotation) -> annotations.put(
                        name, annotation.render(bare.labels::get, number -> placeholder(rule, change, number))));
        return new Alert(
                bare.id,
                bare.rule,
                bare.kind,
                bare.state,
                bare.reason,
                host,
                bare.value,
                bare.threshold,
                bare.since,
                bare.at,
                bare.severity,
                bare.labels,
                Collections.unmodifiableMap(annotations));
    }

    static Alert of(Origin origin, String host, Change change) {
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
                Map.of());
    }

    private static String placeholder(AlertRule rule, Change change, String number) {
        if (change.kind == Kind.NO_DATA) {
            return number.equals("value") ? "no data" : Units.text(Duration.ofMillis(rule.noDataMs()));
        }
        double found = number.equals("value") ? change.value : rule.bound().threshold();
        return Double.isNaN(found) ? "no data" : Annotation.plain(BigDecimal.valueOf(found));
    }

    private static String id(long fingerprint, String host, Change change) {
        String parts = "%016x %s %d %s".formatted(fingerprint, change.kind, change.since, host);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(parts.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The record for other programs: one JSON object in UTF-8, times as RFC 3339 has them, what there is not left out. */
    public byte[] toJson() {
        return AlertJson.bytes(this);
    }

    /** The name in lower case, with hyphens. */
    static String word(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
