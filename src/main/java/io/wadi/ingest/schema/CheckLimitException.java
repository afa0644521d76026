package io.wadi.ingest.schema;

/** Thrown to reject a value if its check exceeds the limit of work for one value. */
final class CheckLimitException extends RuntimeException {
    CheckLimitException(String message) {
        super(message, null, false, false);
    }
}
