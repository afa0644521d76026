package io.wadi.ingest.schema;

/** A value was rejected because checking it could take more work than one value may cost. */
final class CheckLimitException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CheckLimitException(String message) {
        super(message, null, false, false);
    }
}
