package io.wadi.metrics.alerts;

import io.wadi.format.JsonText;
import io.wadi.metrics.MetricDocumentException;
import io.wadi.metrics.alerts.AlertRules.Slots;
import io.wadi.metrics.alerts.RejectedDocument.Cause;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;

/** An evaluation of one document at a time: its host, its time and the value of each rule. Reusable. */
final class RuleEvaluation {
    /** The last time that RFC 3339 can represent: 9999-12-31T23:59:59.999Z. */
    private static final long MAX_TIME = 253_402_300_799_999L;

    private static final int MAX_HOST_LENGTH = 255;
    private static final double NINE_DIGITS = 1e9;

    private final AlertRules rules;
    private final DocumentReader document;
    private int[] selected = {};
    private String host;
    private long time;
    private RejectedDocument rejection;

    RuleEvaluation(AlertRules rules) {
        this.rules = rules;
        this.document = new DocumentReader(rules);
    }

    /**
     * Reads a document.
     *
     * @param latest documents with a later timestamp, in milliseconds since 1970, are rejected
     * @return the rejection by all rules; null if the document is valid
     */
    RejectedDocument read(byte[] json, long latest) {
        selected = new int[0];
        String broken = document.read(json);
        if (broken != null) {
            return new RejectedDocument(Cause.NOT_JSON, "metric document: " + broken, true);
        }
        selected = document.selection().rules();
        String reason = selected.length == 0 ? null : origin(latest);
        return reason == null
                ? null
                : new RejectedDocument(Cause.NO_ORIGIN, "metric document: " + reason, isDeadLetter());
    }

    /** Returns the indexes of the rules that apply to the document. */
    int[] selected() {
        return selected;
    }

    String host() {
        return host;
    }

    /** Returns the document's timestamp in milliseconds since 1970, at least 1. */
    long time() {
        return time;
    }

    RejectedDocument rejectTooManyHosts(int most) {
        return new RejectedDocument(
                Cause.TOO_MANY_HOSTS,
                "metric document: host.name: found \"%s\", which is new, and %d hosts are known, expected no more"
                        .formatted(MetricDocumentException.quote(host), most),
                isDeadLetter());
    }

    private boolean isDeadLetter() {
        for (int rule : selected) {
            if (rules.rule(rule).deadLetter()) {
                return true;
            }
        }
        return false;
    }

    private String origin(long latest) {
        String text = document.text(AlertRules.TIMESTAMP);
        if (text == null) {
            return missing("@timestamp", AlertRules.TIMESTAMP, "a time such as 2026-11-20T01:00:00.000Z");
        }
        try {
            time = Instant.parse(text).toEpochMilli();
        } catch (DateTimeParseException | ArithmeticException e) {
            time = 0;
        }
        if (time < 1 || time > MAX_TIME) {
            return "@timestamp: found \"%s\", expected a time after 1970 such as 2026-11-20T01:00:00.000Z"
                    .formatted(MetricDocumentException.quote(text));
        }
        if (time > latest) {
            return "@timestamp: found %s, expected up to %s: the sender's clock is ahead"
                    .formatted(MetricDocumentException.quote(text), Instant.ofEpochMilli(latest));
        }
        host = document.text(AlertRules.HOST);
        if (host == null
                || host.isEmpty()
                || host.length() > MAX_HOST_LENGTH
                || JsonText.unpairedSurrogate(host) >= 0) {
            return missing("host.name", AlertRules.HOST, "1 to " + MAX_HOST_LENGTH + " valid Unicode characters");
        }
        return null;
    }

    private String missing(String field, int slot, String allowed) {
        if (document.wrong(slot) != null) {
            return field + ": " + document.wrong(slot);
        }
        String text = document.text(slot);
        return field + ": " + (text == null ? "missing" : "found \"" + MetricDocumentException.quote(text) + '"')
                + ", expected " + allowed;
    }

    /**
     * Computes a rule's value.
     *
     * @return NaN if there is none; {@link #rejection} then returns the reason
     */
    double measure(int rule) {
        rejection = null;
        for (Slots value : rules.values(rule)) {
            if (document.has(value.field()) && (value.divisor() < 0 || document.has(value.divisor()))) {
                return measure(rule, value);
            }
        }
        explainAbsence(rule);
        return Double.NaN;
    }

    /** Returns why the last measured rule has no value; null if the document has none of the rule's fields. */
    RejectedDocument rejection() {
        return rejection;
    }

    private double measure(int rule, Slots slots) {
        if (document.wrong(slots.field()) != null) {
            return refuse(rule, Cause.NO_NUMBER, name(rule, slots).field() + ": " + document.wrong(slots.field()));
        }
        double value = document.number(slots.field());
        if (slots.divisor() >= 0) {
            double divisor = document.number(slots.divisor());
            if (document.wrong(slots.divisor()) != null) {
                return refuse(
                        rule, Cause.NO_NUMBER, name(rule, slots).divisor() + ": " + document.wrong(slots.divisor()));
            }
            if (!(divisor > 0) || !Double.isFinite(value / divisor)) {
                return refuse(
                        rule,
                        Cause.NO_NUMBER,
                        "%s: found %s, expected a number above 0 to divide by"
                                .formatted(name(rule, slots).divisor(), divisor));
            }
            value /= divisor;
        }
        return rules.rule(rule).share() ? share(rule, slots, value) : value;
    }

    private double share(int rule, Slots slots, double value) {
        double share = slots.divisor() < 0 ? value : Math.rint(value * NINE_DIGITS) / NINE_DIGITS;
        return share >= 0 && share <= 1
                ? share
                : refuse(rule, Cause.OUT_OF_RANGE, name(rule, slots) + ": found " + share + ", expected 0 to 1");
    }

    private void explainAbsence(int rule) {
        if (document.has(AlertRules.ERROR)) {
            String error = document.text(AlertRules.ERROR);
            refuse(
                    rule,
                    Cause.FETCH_FAILED,
                    "the agent on \"%s\" could not fetch: %s"
                            .formatted(
                                    MetricDocumentException.quote(host),
                                    error == null ? "no reason given" : MetricDocumentException.quote(error)));
            return;
        }
        for (Slots value : rules.values(rule)) {
            if (document.has(value.field())) {
                FieldValue name = name(rule, value);
                refuse(rule, Cause.NO_NUMBER, name.divisor() + ": missing, needed to divide " + name.field());
                return;
            }
        }
    }

    private FieldValue name(int rule, Slots slots) {
        int at = Arrays.asList(rules.values(rule)).indexOf(slots);
        return rules.rule(rule).values().get(at);
    }

    private double refuse(int rule, Cause cause, String reason) {
        AlertRule declared = rules.rule(rule);
        rejection = new RejectedDocument(
                cause, "metric document: " + reason + " (rule " + declared.name() + ")", declared.deadLetter());
        return Double.NaN;
    }
}
