package io.wadi.ingest.event;

/**
 * Why an event is not taken.
 *
 * @param pointer the place in the event or the body as a JSON pointer (RFC 6901), "" for all of it
 * @param text what was found and what is allowed there, without the place
 */
public record Problem(String pointer, String text) {
    /** The place, where there is one, and the text. */
    @Override
    public String toString() {
        return pointer.isEmpty() ? text : pointer + ": " + text;
    }
}
