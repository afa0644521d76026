package io.wadi.ingest.json;

import java.nio.ByteBuffer;

/** For bodies that are sent as they are. */
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
        // Whatever has come was all.
    }

    @Override
    public void close() {
        piece = null;
    }
}
