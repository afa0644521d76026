package io.wadi.extension.connectors.database;

/**
 * Thrown if a database is unavailable, or if a table cannot be used as the route requires. The operation is retried.
 */
final class DatabaseException extends RuntimeException {
    DatabaseException(String message, Exception cause) {
        super(message, cause);
    }
}
