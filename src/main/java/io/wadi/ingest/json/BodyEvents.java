package io.wadi.ingest.json;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * The events of a body that is pushed in piece by piece, decoded, split and checked on demand. Holds at most one piece
 * of the body, 64 KiB of decoded data and one event; all of the body for {@link #one}.
 */
public final class BodyEvents implements EventSource, AutoCloseable {
    /** Decoded pieces without an event after which the caller gets to yield. */
    private static final int MAX_PIECES_PER_CALL = 4;

    private final Decoder decoder;
    private final Splitter splitter;
    private final BodyLimits limits;
    private final Runnable fetch;

    private Runnable readable = () -> {};
    private RequestException failure;
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
     * Creates the source; fetches nothing yet.
     *
     * @param contentEncoding the header's value, empty for none
     * @param events of the request's event loop
     * @param check further validation of each event
     * @param lease is charged with what is held of the body until it has been read
     * @param fetch asks for the next piece of the body, which comes by one call of {@link #push} or {@link #end}
     * @throws RequestException 415 for a coding that is not read, 503 without room for its decoder
     */
    public BodyEvents(
            BodyFormat format,
            String contentEncoding,
            BodyLimits limits,
            JsonEvents events,
            EventCheck check,
            Lease lease,
            Runnable fetch) {
        this(format.splitter(events, check, limits.maxEvent(), lease), contentEncoding, limits, lease, fetch);
    }

    private BodyEvents(Splitter splitter, String contentEncoding, BodyLimits limits, Lease lease, Runnable fetch) {
        this.decoder = Decoder.of(contentEncoding, lease);
        this.splitter = splitter;
        this.limits = limits;
        this.fetch = fetch;
    }

    /**
     * Makes the source of a body that is one event and is kept until it is there, decoded.
     *
     * @param reader reads the event
     * @param lease is charged with the body; without room for it the body ends with 503
     * @param fetch as with other bodies
     * @throws RequestException 415 for a coding that is not read, 503 without room for its decoder
     */
    public static BodyEvents one(
            Function<byte[], Event> reader, Lease lease, String contentEncoding, BodyLimits limits, Runnable fetch) {
        return new BodyEvents(new WholeBodySplitter(reader, lease), contentEncoding, limits, lease, fetch);
    }

    /**
     * Adds the next piece of the body, after a fetch.
     *
     * @param piece has an array, and does not change afterwards
     */
    public void push(ByteBuffer piece) {
        received += piece.remaining();
        if (!ended) {
            decoder.push(piece);
        }
        resumeReader();
    }

    /** Ends the body. */
    public void end() {
        complete = true;
        resumeReader();
    }

    /** Aborts the body for an external reason; {@link #next} throws it after the events received so far. */
    public void fail(RequestException reason) {
        failure = reason;
        resumeReader();
    }

    /** Returns whether a fetched piece has not arrived. */
    public boolean isWaiting() {
        return waiting;
    }

    private void resumeReader() {
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
            Event event = splitter.next();
            int pieces = 0;
            while (event == null && readMore()) {
                event = splitter.next();
                pieces++;
                if (event == null && pieces == MAX_PIECES_PER_CALL) {
                    hasMore = true;
                    return null;
                }
            }
            return event == null ? null : counted(event);
        } catch (RequestException e) {
            close();
            throw e;
        }
    }

    @Override
    public boolean hasMore() {
        return hasMore;
    }

    /** Passes the next decoded piece to the splitter; returns false if none is available now or at all. */
    private boolean readMore() {
        ByteBuffer piece = decoder.next();
        if (piece != null) {
            decoded += piece.remaining();
            limits.checkSize(received, decoded);
            int from = piece.arrayOffset() + piece.position();
            splitter.push(piece.array(), from, from + piece.remaining());
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
            splitter.end();
            return true;
        }
        if (count == 0) {
            throw RequestException.invalid("the body holds no event");
        }
        close();
        return false;
    }

    /** Fetches the next piece unless a fetch is pending; returns whether it arrived at once. */
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
        limits.checkCount(count);
        return event;
    }

    /** Ends the source, wherever it is, and frees what it holds; more than once does no harm. */
    @Override
    public void close() {
        ended = true;
        hasMore = false;
        splitter.close();
        decoder.close();
    }
}
