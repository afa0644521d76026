package io.wadi.ingest.http;

/** The head of a request is not valid HTTP; the message is meant for the client. */
final class MalformedRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedRequestException(String message) {
        super(message, null, false, false);
    }
}
