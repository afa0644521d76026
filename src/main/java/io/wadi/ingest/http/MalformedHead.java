package io.wadi.ingest.http;

/** The head of a request is not valid HTTP; the message is meant for the client. */
final class MalformedHead extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedHead(String message) {
        super(message, null, false, false);
    }
}
