package io.wadi.ingest.event;

/**
 * The reason for rejecting an event.
 *
 * @param pointer the location in the event or the body as a JSON pointer (RFC 6901), "" for the whole
 * @param text the error, without the location
 */
public record Problem(String pointer, String text) {
    /** The heap of a problem without its texts, and of its place in a collection. */
    private static final long BYTES = 160;

    /** Returns the heap of this problem in bytes; its texts may contain long names of the event. */
    public long heldBytes() {
        return BYTES + (long) Character.BYTES * (pointer.length() + text.length());
    }

    @Override
    public String toString() {
        return pointer.isEmpty() ? text : pointer + ": " + text;
    }
}
