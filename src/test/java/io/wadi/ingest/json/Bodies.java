package io.wadi.ingest.json;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.LimitedLease;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** Reads bodies as ingest does, in given pieces. */
final class Bodies {
    static final BodyLimits LIMITS = new BodyLimits(1 << 30, 100, 1 << 20, 1_000_000);

    private Bodies() {}

    /**
     * The result of reading a body.
     *
     * @param events the events in order: each event's text, or why it was rejected
     * @param end why the rest was not read; null if the whole body was read
     */
    record Outcome(List<String> events, String end) {}

    /** Returns the events of a body in one piece. */
    static List<Event> read(BodyFormat format, byte[] body) {
        return read(format, "", LIMITS, EventCheck.NONE, List.of(body));
    }

    static List<Event> read(
            BodyFormat format, String encoding, BodyLimits limits, EventCheck check, List<byte[]> pieces) {
        List<Event> events = new ArrayList<>();
        read(format, encoding, limits, check, pieces, events);
        return events;
    }

    static Outcome outcome(BodyFormat format, String encoding, BodyLimits limits, List<byte[]> pieces) {
        List<Event> events = new ArrayList<>();
        String end = null;
        try {
            read(format, encoding, limits, EventCheck.NONE, pieces, events);
        } catch (RequestException e) {
            end = e.status() + " " + e.getMessage();
        }
        return new Outcome(events.stream().map(Bodies::text).toList(), end);
    }

    private static void read(
            BodyFormat format,
            String encoding,
            BodyLimits limits,
            EventCheck check,
            List<byte[]> pieces,
            List<Event> into) {
        Iterator<byte[]> left = pieces.iterator();
        BodyEvents[] events = new BodyEvents[1];
        events[0] = new BodyEvents(
                format, encoding, limits, new JsonEvents(), check, new LimitedLease(Long.MAX_VALUE), () -> {
                    if (left.hasNext()) {
                        events[0].push(ByteBuffer.wrap(left.next()));
                    } else {
                        events[0].end();
                    }
                });
        try (BodyEvents source = events[0]) {
            for (Event event = source.next(); event != null || source.hasMore(); event = source.next()) {
                if (event != null) {
                    into.add(event);
                }
            }
        }
    }

    private static String text(Event event) {
        return event.problem() == null
                ? new String(event.value(), StandardCharsets.ISO_8859_1)
                : "refused: " + event.problem();
    }

    /** Splits the bytes into pieces of these sizes, which repeat. */
    static List<byte[]> pieces(byte[] body, List<Integer> sizes) {
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        for (int i = 0; from < body.length; i++) {
            int to = Math.min(body.length, from + sizes.get(i % sizes.size()));
            pieces.add(Arrays.copyOfRange(body, from, to));
            from = to;
        }
        return pieces;
    }
}
