package io.wadi.metrics.alerts;

/**
 * Why a document could not be used, for all rules or for one. The same bytes would be refused again.
 *
 * @param cause what kind of reason it is
 * @param rule the rule's name; null where no rule can use the document
 * @param words what failed, where, what was found and what is allowed; of the document at most about 100 characters
 * @param deadLetter whether the document belongs in the dead letters; the rules that it concerns say it may be ignored
 *     otherwise
 */
public record RejectedDocument(Cause cause, String rule, String words, boolean deadLetter) {
    /** The kinds of reasons. */
    public enum Cause {
        /** No JSON object, as far as it was read. */
        NOT_JSON,
        /** {@code @timestamp} or {@code host.name} is missing or cannot be used. */
        NO_ORIGIN,
        /** The agent could not measure, and says so in {@code error.message}. */
        FETCH_FAILED,
        /** A value is something else than a number that can be calculated with, or has no divisor. */
        NO_NUMBER,
        /** A share is not from 0 to 1. */
        OUT_OF_RANGE,
        /** The host is new, and there are as many as there may be. */
        TOO_MANY_HOSTS
    }

    /** A text of the document as a message may carry it: cut where it is long, without control characters. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder();
        text.codePoints().limit(100).forEach(c -> quoted.appendCodePoint(Character.isISOControl(c) ? '·' : c));
        return text.codePointCount(0, text.length()) > 100 ? quoted.append('…').toString() : quoted.toString();
    }
}
