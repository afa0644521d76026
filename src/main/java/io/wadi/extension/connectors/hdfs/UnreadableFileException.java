package io.wadi.extension.connectors.hdfs;

/** Thrown if the content of a file is invalid, so that retrying cannot succeed. */
final class UnreadableFileException extends Exception {
    UnreadableFileException(String message) {
        super(message);
    }

    UnreadableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
