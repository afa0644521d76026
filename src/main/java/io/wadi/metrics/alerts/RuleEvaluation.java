package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.AlertRules.Slots;
import io.wadi.metrics.alerts.RejectedDocument.Cause;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;

/** What one document after another says to the rules: whose it is, of when, and each rule's value. */
final class RuleEvaluation {
    /** The last moment that RFC 3339 can write: 9999-12-31T23:59:59.999Z. */
    private static final long END_OF_TIME = 253_402_300_799_999L;

    private static final int LONGEST_HOST = 255;
    private static final double NINE_DIGITS = 1e9;

    private final AlertRules rules;
    private final DocumentReader document;
    private int[] selected = {};
    private String host;
    private long time;
    private RejectedDocument refusal;

    RuleEvaluation(AlertRules rules) {
        this.rules = rules;
        this.document = new DocumentReader(rules);
    }

    /**
     * Reads a document.
     *
     * @param latest a document of a later time, in milliseconds since 1970, is refused
     * @return why no rule can use it; null where those that it concerns, if there are any, may ask for their values
     */
    RejectedDocument read(byte[] json, long latest) {
        selected = new int[0];
        String broken = document.read(json);
        if (broken != null) {
            return new RejectedDocument(Cause.NOT_JSON, null, "metric document: " + broken, true);
        }
        selected = document.selection().rules();
        String words = selected.length == 0 ? null : origin(latest);
        return words == null
                ? null
                : new RejectedDocument(Cause.NO_ORIGIN, null, "metric document: " + words, isDeadLetter());
    }

    /** The rules that look at the document. */
    int[] selected() {
        return selected;
    }

    String host() {
        return host;
    }

    /** Milliseconds since 1970, from 1. */
    long time() {
        return time;
    }

    /** The refusal of a document whose host is one more than there may be. */
    RejectedDocument tooManyHosts(int most) {
        return new RejectedDocument(
                Cause.TOO_MANY_HOSTS,
                null,
                "metric document: host.name: found \"%s\", which is new, and %d hosts are known, allowed are no more"
                        .formatted(RejectedDocument.quote(host), most),
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
        if (time < 1 || time > END_OF_TIME) {
            return "@timestamp: found \"%s\", allowed a time after 1970 such as 2026-11-20T01:00:00.000Z"
                    .formatted(RejectedDocument.quote(text));
        }
        if (time > latest) {
            return "@timestamp: found %s, allowed up to %s: the sender's clock is ahead"
                    .formatted(RejectedDocument.quote(text), Instant.ofEpochMilli(latest));
        }
        host = document.text(AlertRules.HOST);
        if (host == null || host.isEmpty() || host.length() > LONGEST_HOST || hasHalfACharacter(host)) {
            return missing("host.name", AlertRules.HOST, "1 to " + LONGEST_HOST + " characters that UTF-8 has");
        }
        return null;
    }

    /** JSON can escape one surrogate of a pair alone, which no alert could carry. */
    private static boolean hasHalfACharacter(String text) {
        int at = 0;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                return true;
            }
            at += Character.charCount(c);
        }
        return false;
    }

    private String missing(String field, int slot, String allowed) {
        if (document.wrong(slot) != null) {
            return field + ": " + document.wrong(slot);
        }
        String text = document.text(slot);
        return field + ": " + (text == null ? "missing" : "found \"" + RejectedDocument.quote(text) + '"')
                + ", allowed " + allowed;
    }

    /**
     * A rule's value.
     *
     * @return NaN where there is none: {@link #refusal} says why
     */
    double measure(int rule) {
        refusal = null;
        for (Slots value : rules.values(rule)) {
            if (document.has(value.field()) && (value.divisor() < 0 || document.has(value.divisor()))) {
                return measure(rule, value);
            }
        }
        explainAbsence(rule);
        return Double.NaN;
    }

    /** Why the rule that was asked for last has no value; null where the document just has none of its fields. */
    RejectedDocument refusal() {
        return refusal;
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
                        "%s: found %s, allowed a number above 0 to divide by"
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
                : refuse(rule, Cause.OUT_OF_RANGE, name(rule, slots) + ": found " + share + ", allowed 0 to 1");
    }

    private void explainAbsence(int rule) {
        if (document.has(AlertRules.ERROR)) {
            String error = document.text(AlertRules.ERROR);
            refuse(
                    rule,
                    Cause.FETCH_FAILED,
                    "the agent on \"%s\" could not fetch: %s"
                            .formatted(
                                    RejectedDocument.quote(host),
                                    error == null ? "it does not say why" : RejectedDocument.quote(error)));
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

    private double refuse(int rule, Cause cause, String words) {
        AlertRule declared = rules.rule(rule);
        refusal = new RejectedDocument(
                cause,
                declared.name(),
                "metric document: " + words + " (rule " + declared.name() + ")",
                declared.deadLetter());
        return Double.NaN;
    }
}
