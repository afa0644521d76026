package io.wadi.ingest.schema;

/** Thrown to reject a value if its check exceeds the limit of work for one value. */
final class CheckLimitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CheckLimitException(String message) {
        super(message, null, false, false);
    }
}
