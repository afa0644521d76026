package io.wadi.ingest.event;

/**
 * The reason for rejecting an event.
 *
 * @param pointer the location in the event or the body as a JSON pointer (RFC 6901), "" for the whole
 * @param text the error, without the location
 */
public record Problem(String pointer, String text) {
    @Override
    public String toString() {
        return pointer.isEmpty() ? text : pointer + ": " + text;
    }
}
