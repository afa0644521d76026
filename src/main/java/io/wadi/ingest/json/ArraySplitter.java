package io.wadi.ingest.json;

import io.wadi.format.Bytes;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.Lease;

/**
 * A splitter of a JSON document. The elements of an array are events, each as soon as it is complete; any other
 * document is one event. An element that is not an object or is too long is rejected, and splitting continues.
 * Malformed JSON ends it, since the boundaries of later elements are unknown.
 */
final class ArraySplitter extends EventSplitter {
    private enum State {
        /** Before the document. */
        BEFORE,
        /** In a document that is not an array. */
        WHOLE,
        /** After the bracket that opens the array. */
        OPENED,
        /** In an element. */
        ELEMENT,
        /** After an element. */
        AFTER_ELEMENT,
        /** After a comma. */
        AFTER_COMMA,
        /** After the document. */
        DONE
    }

    private final boolean isArray;
    private State state = State.BEFORE;
    private long index;
    private long depth;
    private boolean inString;
    private boolean escaped;

    /** Creates a splitter; with {@code isArray}, it rejects a document that is not an array. */
    ArraySplitter(JsonEvents events, EventCheck check, int maxEvent, Lease lease, boolean isArray) {
        super(events, check, maxEvent, lease);
        this.isArray = isArray;
    }

    @Override
    public Event next() {
        while (position() < limit()) {
            if (state == State.WHOLE) {
                bufferRest();
                if (isTooLong()) {
                    return endEvent(limit());
                }
            } else if (state == State.ELEMENT) {
                int end = elementEnd();
                if (end >= 0) {
                    return element(end);
                }
                bufferRest();
            } else if (skipBlanks()) {
                step(piece()[position()]);
            }
        }
        return ended() ? last() : null;
    }

    /** Processes a byte between elements, or the first byte of the document or of an element. */
    private void step(byte b) {
        switch (state) {
            case BEFORE -> {
                if (b == '[') {
                    pass(State.OPENED);
                } else if (isArray) {
                    throw RequestException.invalid("the body is not a JSON array");
                } else {
                    state = State.WHOLE;
                    begin();
                }
            }
            case OPENED -> {
                if (b == ']') {
                    pass(State.DONE);
                } else {
                    beginElement(b);
                }
            }
            case AFTER_COMMA -> beginElement(b);
            case AFTER_ELEMENT -> {
                if (b != ',' && b != ']') {
                    throw notJson(line(), column(), "expected a comma or the array's end after an element");
                }
                pass(b == ',' ? State.AFTER_COMMA : State.DONE);
            }
            default -> throw moreThanOne();
        }
    }

    private void pass(State next) {
        moveTo(position() + 1);
        state = next;
    }

    private void beginElement(byte b) {
        if (b == ',' || b == ']' || b == '}' || b == ':') {
            throw notJson(line(), column(), "missing array element");
        }
        state = State.ELEMENT;
        depth = 0;
        begin();
    }

    /** Returns the index after the element's last byte; -1 if the element continues in the next piece. */
    private int elementEnd() {
        byte[] bytes = piece();
        int limit = limit();
        int i = position();
        while (i < limit) {
            if (inString) {
                i = stringEnd(bytes, i, limit);
                if (!inString && depth == 0) {
                    return i;
                }
            } else {
                byte b = bytes[i];
                switch (b) {
                    case '"' -> inString = true;
                    case '{', '[' -> depth++;
                    case '}', ']' -> {
                        if (depth <= 1) {
                            return depth == 0 ? i : i + 1;
                        }
                        depth--;
                    }
                    case ',', ' ', '\t', '\r', '\n' -> {
                        if (depth == 0) {
                            return i;
                        }
                        if (b == '\n') {
                            countLine(i);
                        }
                    }
                    default -> {}
                }
                i++;
            }
        }
        return -1;
    }

    /** Returns the index after the string's closing quote; the limit if the string continues in the next piece. */
    private int stringEnd(byte[] bytes, int from, int limit) {
        int i = escaped ? from + 1 : from;
        escaped = false;
        while (i < limit) {
            int found = Bytes.indexOf(bytes, i, limit, (byte) '"', (byte) '\\');
            if (found < 0) {
                return limit;
            }
            if (bytes[found] == '"') {
                inString = false;
                return found + 1;
            }
            escaped = found + 1 == limit;
            i = found + 2;
        }
        return limit;
    }

    private Event whole() {
        Event event = endEvent(limit());
        state = State.DONE;
        return event;
    }

    private Event element(int end) {
        Event event = endEvent(end);
        state = State.AFTER_ELEMENT;
        index++;
        return event;
    }

    /** Returns the event that is complete at the end of the body; null if there is none. */
    private Event last() {
        return switch (state) {
            case BEFORE, DONE -> null;
            case WHOLE -> whole();
            case ELEMENT -> element(limit());
            default -> throw notJson(line(), column(), "the array is not closed");
        };
    }

    @Override
    Problem located(Problem problem) {
        if (problem.equals(JsonEvents.MORE_THAN_ONE)) {
            throw moreThanOne();
        }
        if (state == State.ELEMENT) {
            return new Problem("/" + index + problem.pointer(), problem.text());
        }
        if (problem.equals(JsonEvents.NO_OBJECT)) {
            throw RequestException.invalid("the body is neither a JSON object nor an array of JSON objects");
        }
        return problem;
    }

    @Override
    Problem malformed(long atLine, long atColumn, String reason) {
        throw notJson(atLine, atColumn, reason);
    }

    @Override
    Problem tooLong(int maxBytes) {
        if (state == State.WHOLE) {
            throw RequestException.tooLarge("the event is longer than %d bytes".formatted(maxBytes));
        }
        return located(new Problem("", "longer than %d bytes".formatted(maxBytes)));
    }

    private static RequestException moreThanOne() {
        return RequestException.invalid("the body contains more than one JSON value");
    }

    private static RequestException notJson(long atLine, long atColumn, String reason) {
        return RequestException.invalid(
                "the body is not JSON: line %d, column %d: %s".formatted(atLine, atColumn, reason));
    }
}
