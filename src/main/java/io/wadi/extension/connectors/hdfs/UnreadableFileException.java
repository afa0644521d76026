package io.wadi.extension.connectors.hdfs;

/** The content of a file cannot be read, however often it is tried. */
final class UnreadableFileException extends Exception {
    UnreadableFileException(String message) {
        super(message);
    }

    UnreadableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
