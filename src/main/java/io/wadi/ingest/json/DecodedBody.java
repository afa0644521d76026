package io.wadi.ingest.json;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** The content coding of a body in memory, decoded in steps, so that a long body does not occupy the event loop. */
public final class DecodedBody implements AutoCloseable {
    /** The bytes that are decoded at a time: a long header, or blocks without content, decode to nothing. */
    private static final int SLICE_BYTES = 1 << 16;

    private final byte[] body;
    private final BodyLimits limits;
    private final Charge charge;
    private final Decoder decoder;
    /** The number of bytes of the body that were passed to the decoder. */
    private int pushed;

    private byte[] decoded;
    private int length;

    /**
     * Starts decoding.
     *
     * @param contentEncoding the value of the header; empty if absent
     * @param limits the limits, of which only those of the body apply
     * @param lease the lease to which the decoded body is charged, and the decoder until it is closed
     * @throws RequestException 415 for an unsupported content coding, 503 if there is no memory for its decoder
     */
    public DecodedBody(byte[] body, String contentEncoding, BodyLimits limits, Lease lease) {
        this.body = body;
        this.limits = limits;
        this.charge = new Charge(lease);
        this.decoder = Decoder.of(contentEncoding, lease);
        if (!(decoder instanceof PlainDecoder)) {
            decoded = new byte[0];
        }
    }

    /** Decodes a whole body; parameters and exceptions are those of the constructor and of {@link #decode}. */
    public static byte[] of(byte[] body, String contentEncoding, BodyLimits limits, Lease lease) {
        try (DecodedBody decoded = new DecodedBody(body, contentEncoding, limits, lease)) {
            return decoded.decode(() -> false);
        }
    }

    /**
     * Decodes until the end or until it should yield.
     *
     * @param isOver returns whether to yield; called after each piece of the decoded or of the encoded body
     * @return the decoded body, which is the same array without a coding; null if it yielded
     * @throws RequestException 400 if the body is not in its coding, 413 if it is, or decodes to, more than the limit,
     *     503 if there is no memory for it
     */
    public byte[] decode(BooleanSupplier isOver) {
        if (decoded == null) {
            limits.checkSize(body.length, body.length);
            return body;
        }
        while (decodeNext()) {
            if (isOver.getAsBoolean()) {
                return null;
            }
        }
        decoder.end();
        decoded = Arrays.copyOf(decoded, length);
        charge.to(length);
        return decoded;
    }

    /** Decodes a piece, or passes the next slice to the decoder; returns false after the end of the body. */
    private boolean decodeNext() {
        ByteBuffer piece = decoder.next();
        if (piece != null) {
            append(piece);
            return true;
        }
        int slice = Math.min(SLICE_BYTES, body.length - pushed);
        decoder.push(ByteBuffer.wrap(body, pushed, slice));
        pushed += slice;
        return slice > 0;
    }

    /** Appends a piece; the array grows by a quarter at least, which copies each byte five times on average. */
    private void append(ByteBuffer piece) {
        int needed = length + piece.remaining();
        limits.checkSize(body.length, needed);
        if (needed > decoded.length) {
            int capacity = (int) Math.min(Math.max(limits.maxBody(), needed), needed + (long) needed / 4);
            if (!charge.tryTo(capacity)) {
                throw RequestException.unavailable("not enough memory for the decompressed body at the moment");
            }
            decoded = Arrays.copyOf(decoded, capacity);
        }
        piece.get(decoded, length, piece.remaining());
        length = needed;
    }

    /** Releases the decoder; the decoded body remains charged until the lease ends. */
    @Override
    public void close() {
        decoder.close();
    }
}
