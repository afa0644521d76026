package io.wadi.ingest.json;

import com.fasterxml.jackson.core.JsonLocation;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.MalformedJsonException;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.limits.Lease;
import java.util.Arrays;
import java.util.List;

/** What the cutters have in common: the piece at hand, the event that has begun in an earlier one, and the check of events. */
abstract class EventSplitter implements Splitter {
    private static final byte[] NONE = {};

    private final JsonEvents events;
    private final EventCheck check;
    private final int maxEvent;
    private final PartialEvent unfinished;

    private byte[] piece = NONE;
    private int position;
    private int limit;
    private boolean ended;

    /** Where the piece's index 0 is in the body. */
    private long origin;

    private final Found found = new Found();

    private long line = 1;
    private long lineStart;
    private long eventLine;
    private long eventColumn;

    EventSplitter(JsonEvents events, EventCheck check, int maxEvent, Lease lease) {
        this.events = events;
        this.check = check;
        this.maxEvent = maxEvent;
        this.unfinished = new PartialEvent(maxEvent, lease);
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
        unfinished.close();
    }

    /** The piece at hand; what is left of it begins at {@link #position} and ends before {@link #limit}. */
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

    /** Moves to the next byte that is not blank; whether there is one. */
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

    /** A line ends at this index of the piece. */
    final void countLine(int newline) {
        line++;
        lineStart = origin + newline + 1;
    }

    final long line() {
        return line;
    }

    /** The column of the position in its line, from 1 on; in bytes, as Jackson counts them. */
    final long column() {
        return origin + position - lineStart + 1;
    }

    /** An event begins at the position. */
    final void begin() {
        eventLine = line;
        eventColumn = column();
    }

    /** Whether an event has begun in an earlier piece and not ended. */
    final boolean isWithinEvent() {
        return !unfinished.isEmpty();
    }

    /** Whether what is kept is longer already than an event may be. */
    final boolean isTooLong() {
        return unfinished.isTooLong();
    }

    /** Keeps the rest of the piece: the event goes on in the next. */
    final void keep() {
        unfinished.append(piece, position, limit);
        position = limit;
    }

    /** The event that ends before this index of the piece; the position moves there. Blanks at its end are not part of it. */
    final Event eventUntil(int end) {
        int from = position;
        position = end;
        if (unfinished.isEmpty()) {
            return end - from > maxEvent ? Event.refused(tooLong(maxEvent)) : checked(piece, from, end);
        }
        unfinished.append(piece, from, end);
        try {
            return unfinished.isTooLong()
                    ? Event.refused(tooLong(maxEvent))
                    : checked(unfinished.bytes(), 0, unfinished.length());
        } finally {
            unfinished.clear();
        }
    }

    private Event checked(byte[] bytes, int from, int until) {
        int to = until;
        while (to > from && isBlank(bytes[to - 1])) {
            to--;
        }
        try {
            found.clear();
            Problem problem = events.problem(bytes, from, to, check, found);
            if (problem == null && found.value() != null) {
                return new Event(found.key(), found.value(), List.of(), null, null, null);
            }
            byte[] value = Arrays.copyOfRange(bytes, from, to);
            return problem == null
                    ? new Event(found.key(), value, List.of(), null, null, null)
                    : Event.invalid(value, refused(problem));
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

    /** The line in which the event begins, from 1 on. */
    final long eventLine() {
        return eventLine;
    }

    /** What is wrong with an event that is none, or not as it should be, with its place in the body. */
    abstract Problem refused(Problem problem);

    /** What is wrong with an event that is not JSON; line and column are the body's. */
    abstract Problem malformed(long atLine, long atColumn, String reason);

    /** What is wrong with an event that is longer than this. */
    abstract Problem tooLong(int maxBytes);
}
