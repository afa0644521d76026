package io.wadi.ingest.json;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * The events of a body with pieces that are pushed as they arrive, and are decoded, split and checked on demand. In
 * memory are at most one piece of the body, 64 KiB of decoded data and one event; for {@link #one}, the whole body.
 */
public final class BodyEvents implements EventSource, AutoCloseable {
    /**
     * The number of decoded pieces without an event after which {@link #next} returns, so that the caller can yield.
     */
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
     * Creates the source without fetching anything yet.
     *
     * @param contentEncoding the value of the header; empty if absent
     * @param events the parser of the request's event loop
     * @param check further validation of each event
     * @param lease the lease to which the memory for the body is charged until the body is read
     * @param fetch requests the next piece of the body; one call of {@link #push} or {@link #end} follows
     * @throws RequestException 415 for an unsupported content coding, 503 if there is no memory for its decoder
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
     * Creates the source of a body that is one event. The decoded body is buffered until it is complete.
     *
     * @param reader reads the event
     * @param lease the lease to which the body is charged; if it is exhausted, the body ends with 503
     * @param contentEncoding the value of the header; empty if absent
     * @param fetch requests the next piece of the body; one call of {@link #push} or {@link #end} follows
     * @throws RequestException 415 for an unsupported content coding, 503 if there is no memory for its decoder
     */
    public static BodyEvents one(
            Function<byte[], Event> reader, Lease lease, String contentEncoding, BodyLimits limits, Runnable fetch) {
        return new BodyEvents(new WholeBodySplitter(reader, lease), contentEncoding, limits, lease, fetch);
    }

    /**
     * Adds the next piece of the body, after a fetch.
     *
     * @param piece a buffer with an array, which must not change afterwards
     */
    public void push(ByteBuffer piece) {
        received += piece.remaining();
        if (!ended) {
            decoder.push(piece);
        }
        resumeReader();
    }

    public void end() {
        complete = true;
        resumeReader();
    }

    /** Aborts the body for an external reason; {@link #next} throws it after the events received so far. */
    public void fail(RequestException reason) {
        failure = reason;
        resumeReader();
    }

    /** Returns whether a piece is requested and has not arrived yet. */
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

    /**
     * Passes the next decoded piece, or the end of the body, to the splitter; returns false if neither is available.
     */
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
            // Pieces may decode to nothing.
            limits.checkSize(received, received);
            return fetch();
        }
        if (!allDecoded) {
            allDecoded = true;
            decoder.end();
            splitter.end();
            return true;
        }
        if (count == 0) {
            throw RequestException.invalid("the body contains no event");
        }
        close();
        return false;
    }

    /** Requests the next piece unless a request is pending; returns whether the piece arrived at once. */
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

    /** Ends the source and frees its memory; further calls have no effect. */
    @Override
    public void close() {
        ended = true;
        hasMore = false;
        splitter.close();
        decoder.close();
    }
}
