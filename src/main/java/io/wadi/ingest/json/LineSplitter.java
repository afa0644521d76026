package io.wadi.ingest.json;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.limits.Lease;

/**
 * Cuts lines, an event each; lines of blanks are none. A line that is no event, or is longer than an event may be, is refused
 * and the next one read. A line's length is counted from its first character that is not blank to its end.
 */
final class LineSplitter extends EventSplitter {
    LineSplitter(JsonEvents events, EventCheck check, int maxEvent, Lease lease) {
        super(events, check, maxEvent, lease);
    }

    @Override
    public Event next() {
        if (isWithinEvent() || skipBlanks()) {
            if (!isWithinEvent()) {
                begin();
            }
            int newline = Bytes.indexOf(piece(), position(), limit(), (byte) '\n');
            if (newline >= 0) {
                Event event = eventUntil(newline);
                countLine(newline);
                moveTo(newline + 1);
                return event;
            }
            keep();
        }
        return ended() && isWithinEvent() ? eventUntil(limit()) : null;
    }

    @Override
    Problem refused(Problem problem) {
        return problem.pointer().isEmpty() ? new Problem("", "line " + eventLine() + ": " + problem.text()) : problem;
    }

    @Override
    Problem malformed(long atLine, long atColumn, String reason) {
        return new Problem("", "line " + atLine + ", column " + atColumn + ": " + reason);
    }

    @Override
    Problem tooLong(int maxBytes) {
        return refused(new Problem("", "longer than %d bytes".formatted(maxBytes)));
    }
}
