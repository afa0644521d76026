package io.wadi.ingest.json;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.wadi.ingest.event.BodyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Undoes zstd (RFC 8878): one frame or several, with a window of at most 8 MiB, as RFC 9659 asks of this coding. */
final class ZstdDecoder implements Decoder {
    private static final int LARGEST_WINDOW_LOG = 23;
    private static final int DECODED = 1 << 16;

    private final byte[] decoded = new byte[DECODED];
    private final Pushed pushed = new Pushed();
    private final ZstdInputStreamNoFinalizer frames;

    ZstdDecoder() {
        try {
            // Continuous: the end of what has been pushed is not the end of the body.
            frames = new ZstdInputStreamNoFinalizer(pushed, RecyclingBufferPool.INSTANCE)
                    .setContinuous(true)
                    .setLongMax(LARGEST_WINDOW_LOG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void push(ByteBuffer encoded) {
        pushed.bytes = encoded;
    }

    @Override
    public ByteBuffer next() {
        try {
            int count = frames.read(decoded, 0, decoded.length);
            return count < 0 ? null : ByteBuffer.wrap(decoded, 0, count);
        } catch (IOException e) {
            throw BodyException.invalid("the body is not zstd: " + e.getMessage());
        }
    }

    @Override
    public void end() {
        frames.setContinuous(false);
        next();
    }

    @Override
    public void close() {
        try {
            frames.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Pushed extends InputStream {
        private ByteBuffer bytes = ByteBuffer.allocate(0);

        @Override
        public int available() {
            return bytes.remaining();
        }

        @Override
        public int read() {
            return bytes.hasRemaining() ? bytes.get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            int count = Math.min(length, bytes.remaining());
            if (count == 0) {
                return -1;
            }
            bytes.get(into, offset, count);
            return count;
        }
    }
}
