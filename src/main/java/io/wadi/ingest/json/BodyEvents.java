package io.wadi.ingest.json;

import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;

/**
 * The events of a body that is pushed in as it comes: decoded, cut and checked only as far as events are asked for. What is
 * held is at most one piece of the body, 64 KiB of it decoded, and one event; or all of it where it is to be read whole.
 */
public final class BodyEvents implements EventSource, AutoCloseable {
    /** Decoded pieces without an event after which the caller gets to yield. */
    private static final int PIECES_AT_ONCE = 4;

    private final Decoder decoder;
    private final Splitter cutter;
    private final BodyLimits limits;
    private final Runnable fetch;

    private Runnable readable = () -> {};
    private BodyException failure;
    private boolean fetching;
    private boolean waiting;
    private boolean complete;
    private boolean allDecoded;
    private boolean ended;
    private boolean hasMore;
    private long received;
    private long decoded;
    private long count;

    /**
     * Makes the source; the body has not been asked for yet.
     *
     * @param contentEncoding the header's value, empty for none
     * @param events of the request's event loop
     * @param check what is asked of each event besides being one
     * @param lease is charged with what is held of the body until it has been read
     * @param fetch asks for the next piece of the body, which comes by one call of {@link #push} or {@link #end}
     * @throws BodyException 415 for a coding that is not read, 503 without room for its decoder
     */
    public BodyEvents(
            BodyFormat format,
            String contentEncoding,
            BodyLimits limits,
            JsonEvents events,
            EventCheck check,
            Lease lease,
            Runnable fetch) {
        this(format.cutter(events, check, limits.maxEvent(), lease), contentEncoding, limits, lease, fetch);
    }

    private BodyEvents(Splitter cutter, String contentEncoding, BodyLimits limits, Lease lease, Runnable fetch) {
        this.decoder = Decoder.of(contentEncoding, lease);
        this.cutter = cutter;
        this.limits = limits;
        this.fetch = fetch;
    }

    /**
     * Makes the source of a body that is kept until it is there, decoded.
     *
     * @param reader reads its events
     * @param lease is charged with the body; without room for it the body ends with 503
     * @param fetch as with other bodies
     * @throws BodyException 415 for a coding that is not read, 503 without room for its decoder
     */
    public static BodyEvents whole(
            Function<byte[], List<Event>> reader,
            Lease lease,
            String contentEncoding,
            BodyLimits limits,
            Runnable fetch) {
        return new BodyEvents(new WholeBodySplitter(reader, lease), contentEncoding, limits, lease, fetch);
    }

    /**
     * The next piece of the body, when it was asked for.
     *
     * @param piece has an array, and does not change afterwards
     */
    public void push(ByteBuffer piece) {
        received += piece.remaining();
        if (!ended) {
            decoder.push(piece);
        }
        arrived();
    }

    /** The body has no more pieces. */
    public void end() {
        complete = true;
        arrived();
    }

    /** The body is not read on, for a reason outside of it; {@link #next} throws this after the events that have come. */
    public void fail(BodyException reason) {
        failure = reason;
        arrived();
    }

    /** Whether the next piece was asked for and has not come. */
    public boolean isWaiting() {
        return waiting;
    }

    private void arrived() {
        fetching = false;
        if (waiting) {
            waiting = false;
            readable.run();
        }
    }

    @Override
    public void onReadable(Runnable listener) {
        readable = listener;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public Event next() {
        if (ended) {
            return null;
        }
        hasMore = false;
        try {
            Event event = cutter.next();
            int pieces = 0;
            while (event == null && readOn()) {
                event = cutter.next();
                pieces++;
                if (event == null && pieces == PIECES_AT_ONCE) {
                    hasMore = true;
                    return null;
                }
            }
            return event == null ? null : counted(event);
        } catch (BodyException e) {
            close();
            throw e;
        }
    }

    @Override
    public boolean hasMore() {
        return hasMore;
    }

    /** Gives the cutter more; false where there is no more now, or none at all. */
    private boolean readOn() {
        ByteBuffer piece = decoder.next();
        if (piece != null) {
            decoded += piece.remaining();
            limits.refuseTooLarge(received, decoded);
            int from = piece.arrayOffset() + piece.position();
            cutter.push(piece.array(), from, from + piece.remaining());
            return true;
        }
        if (failure != null) {
            throw failure;
        }
        if (!complete) {
            return fetch();
        }
        if (!allDecoded) {
            allDecoded = true;
            decoder.end();
            cutter.end();
            return true;
        }
        if (count == 0) {
            throw BodyException.invalid("the body holds no event");
        }
        close();
        return false;
    }

    /** Asks for the next piece, unless it is on its way; whether it has come at once. */
    private boolean fetch() {
        if (!fetching) {
            fetching = true;
            fetch.run();
        }
        waiting = fetching;
        return !fetching;
    }

    private Event counted(Event event) {
        count++;
        limits.refuseTooMany(count);
        return event;
    }

    /** Ends the source, wherever it is, and frees what it holds; more than once does no harm. */
    @Override
    public void close() {
        ended = true;
        hasMore = false;
        cutter.close();
        decoder.close();
    }
}
