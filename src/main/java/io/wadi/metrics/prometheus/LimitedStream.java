package io.wadi.metrics.prometheus;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream up to a limit; where there is more, {@link LimitedBody.TooLargeException} is thrown. */
final class LimitedStream extends FilterInputStream {
    private final long most;
    private long taken;

    LimitedStream(InputStream stream, long most) {
        super(stream);
        this.most = most;
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
        taken += read;
        if (taken > most) {
            throw new LimitedBody.TooLargeException(most);
        }
    }
}
