package io.wadi.extension.connectors.database;

/** A database is not there, or cannot be used as a route asks. What was to be done is tried again. */
final class DatabaseException extends RuntimeException {
    DatabaseException(String message, Exception cause) {
        super(message, cause);
    }
}
