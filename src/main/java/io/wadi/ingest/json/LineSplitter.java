package io.wadi.ingest.json;

import io.wadi.format.Bytes;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.limits.Lease;

/**
 * A splitter of lines, each of which is one event; blank lines are skipped. An invalid or too long line is rejected,
 * and splitting continues. The length of a line is counted without leading whitespace.
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
                Event event = endEvent(newline);
                countLine(newline);
                moveTo(newline + 1);
                return event;
            }
            bufferRest();
        }
        return ended() && isWithinEvent() ? endEvent(limit()) : null;
    }

    @Override
    Problem located(Problem problem) {
        return problem.pointer().isEmpty() ? new Problem("", "line " + eventLine() + ": " + problem.text()) : problem;
    }

    @Override
    Problem malformed(long atLine, long atColumn, String reason) {
        return new Problem("", "line " + atLine + ", column " + atColumn + ": " + reason);
    }

    @Override
    Problem tooLong(int maxBytes) {
        return located(new Problem("", "longer than %d bytes".formatted(maxBytes)));
    }
}
