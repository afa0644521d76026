package io.wadi.extension.connectors.database;

/** A database is unavailable, or cannot be used as the route requires. The operation is retried. */
final class DatabaseException extends RuntimeException {
    DatabaseException(String message, Exception cause) {
        super(message, cause);
    }
}
