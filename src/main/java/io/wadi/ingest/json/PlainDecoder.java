package io.wadi.ingest.json;

import java.nio.ByteBuffer;

/** A decoder of bodies without a content coding, which returns the input unchanged. */
final class PlainDecoder implements Decoder {
    private ByteBuffer piece;

    @Override
    public void push(ByteBuffer encoded) {
        piece = encoded;
    }

    @Override
    public ByteBuffer next() {
        ByteBuffer next = piece;
        piece = null;
        return next;
    }

    @Override
    public void end() {
        // Any input is complete.
    }

    @Override
    public void close() {
        piece = null;
    }
}
