package io.wadi.ingest.schema;

/** A value is refused because checking it could take more work than anybody's input may cause; the message says which. */
final class TooMuchWork extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooMuchWork(String message) {
        super(message, null, false, false);
    }
}
