package io.wadi.metrics.prometheus;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that throws {@link TooLargeException} beyond a size limit. */
final class LimitedStream extends FilterInputStream {
    private final long maxBytes;
    private long total;

    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;
    }

    LimitedStream(InputStream stream, long maxBytes) {
        super(stream);
        this.maxBytes = maxBytes;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        count(read < 0 ? 0 : 1);
        return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        count(Math.max(0, read));
        return read;
    }

    private void count(int read) throws IOException {
        total += read;
        if (total > maxBytes) {
            throw new TooLargeException();
        }
    }
}
