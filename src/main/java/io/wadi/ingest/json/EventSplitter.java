package io.wadi.ingest.json;

import com.fasterxml.jackson.core.JsonLocation;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.MalformedJsonException;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.limits.Lease;
import java.util.Arrays;
import java.util.List;

/**
 * The base class of splitters: the current piece, the start of an event from earlier pieces, and the check of events.
 */
abstract class EventSplitter implements Splitter {
    private static final byte[] NONE = {};

    private final JsonEvents events;
    private final EventCheck check;
    private final int maxEvent;
    private final PartialEvent partial;

    private byte[] piece = NONE;
    private int position;
    private int limit;
    private boolean ended;

    /** The offset of the piece's index 0 in the body. */
    private long origin;

    private final ExtractedFields fields = new ExtractedFields();

    private long line = 1;
    private long lineStart;
    private long eventLine;
    private long eventColumn;

    EventSplitter(JsonEvents events, EventCheck check, int maxEvent, Lease lease) {
        this.events = events;
        this.check = check;
        this.maxEvent = maxEvent;
        this.partial = new PartialEvent(maxEvent, lease);
    }

    @Override
    public final void push(byte[] bytes, int from, int to) {
        origin += position - from;
        piece = bytes;
        position = from;
        limit = to;
    }

    @Override
    public final void end() {
        ended = true;
    }

    final boolean ended() {
        return ended;
    }

    @Override
    public final void close() {
        piece = NONE;
        position = 0;
        limit = 0;
        partial.close();
    }

    /** Returns the current piece; its rest is from {@link #position} to before {@link #limit}. */
    final byte[] piece() {
        return piece;
    }

    final int position() {
        return position;
    }

    final int limit() {
        return limit;
    }

    final void moveTo(int index) {
        position = index;
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    /** Moves to the next byte that is not whitespace; returns whether the piece has one. */
    final boolean skipBlanks() {
        for (; position < limit; position++) {
            byte b = piece[position];
            if (b == '\n') {
                countLine(position);
            } else if (!isBlank(b)) {
                return true;
            }
        }
        return false;
    }

    /** Counts the line that ends at this index of the piece. */
    final void countLine(int newline) {
        line++;
        lineStart = origin + newline + 1;
    }

    final long line() {
        return line;
    }

    /** Returns the column of the position in bytes, starting from 1, as Jackson counts it. */
    final long column() {
        return origin + position - lineStart + 1;
    }

    /** Starts an event at the position. */
    final void begin() {
        eventLine = line;
        eventColumn = column();
    }

    /** Returns whether an event from an earlier piece is incomplete. */
    final boolean isWithinEvent() {
        return !partial.isEmpty();
    }

    /** Returns whether the incomplete event exceeds the limit. */
    final boolean isTooLong() {
        return partial.isTooLong();
    }

    /** Buffers the rest of the piece: the event continues in the next one. */
    final void bufferRest() {
        partial.append(piece, position, limit);
        position = limit;
    }

    /**
     * Returns the event that ends before an index, without trailing whitespace, and moves the position to the index.
     */
    final Event endEvent(int end) {
        int from = position;
        position = end;
        if (partial.isEmpty()) {
            return end - from > maxEvent ? Event.rejected(tooLong(maxEvent)) : checked(piece, from, end);
        }
        partial.append(piece, from, end);
        try {
            return partial.isTooLong()
                    ? Event.rejected(tooLong(maxEvent))
                    : checked(partial.bytes(), 0, partial.length());
        } finally {
            partial.clear();
        }
    }

    private Event checked(byte[] bytes, int from, int until) {
        int to = until;
        while (to > from && isBlank(bytes[to - 1])) {
            to--;
        }
        try {
            fields.clear();
            Problem problem = events.problem(bytes, from, to, check, fields);
            if (problem == null && fields.value() != null) {
                return new Event(fields.key(), fields.value(), List.of(), null, null, null);
            }
            byte[] value = Arrays.copyOfRange(bytes, from, to);
            return problem == null
                    ? new Event(fields.key(), value, List.of(), null, null, null)
                    : Event.invalid(value, located(problem));
        } catch (MalformedJsonException e) {
            return Event.invalid(Arrays.copyOfRange(bytes, from, to), malformed(e));
        }
    }

    private Problem malformed(MalformedJsonException e) {
        JsonLocation place = e.getLocation();
        int lineOfEvent = place.getLineNr();
        int columnOfLine = place.getColumnNr();
        return malformed(
                eventLine + lineOfEvent - 1,
                lineOfEvent == 1 ? eventColumn + columnOfLine - 1 : columnOfLine,
                e.getOriginalMessage());
    }

    /** Returns the line in which the event starts, starting from 1. */
    final long eventLine() {
        return eventLine;
    }

    /** Returns the problem of an invalid event with its location in the body. */
    abstract Problem located(Problem problem);

    /** Returns the problem of an event that is not JSON; line and column are locations in the body. */
    abstract Problem malformed(long atLine, long atColumn, String reason);

    /** Returns the problem of an event that is longer than the limit. */
    abstract Problem tooLong(int maxBytes);
}
