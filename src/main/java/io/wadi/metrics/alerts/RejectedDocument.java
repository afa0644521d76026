package io.wadi.metrics.alerts;

/**
 * The rejection of a document by one rule or all rules. Retrying cannot succeed.
 *
 * @param reason the error message, with at most 100 characters of the document
 * @param deadLetter whether the document becomes a dead letter; it is ignored otherwise
 */
public record RejectedDocument(Cause cause, String reason, boolean deadLetter) {
    public enum Cause {
        /** Not a JSON object, as far as it was parsed. */
        NOT_JSON,
        /** {@code @timestamp} or {@code host.name} is missing or invalid. */
        NO_ORIGIN,
        /** The agent could not measure, as {@code error.message} reports. */
        FETCH_FAILED,
        /** A value is not a finite number, or its divisor is missing or not positive. */
        NO_NUMBER,
        /** A share is not from 0 to 1. */
        OUT_OF_RANGE,
        /** The host is new and the limit of hosts is reached. */
        TOO_MANY_HOSTS
    }
}
