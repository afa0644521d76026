package io.wadi.landing.format;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Counts the bytes that an encoder's writer writes to its file, and leaves the file open when the writer is closed.
 */
final class FileBytes extends OutputStream {
    private OutputStream file;
    private long written;
    private long buffered;

    FileBytes(OutputStream file) {
        this.file = file;
    }

    /** Adds bytes that the writer has buffered; {@link #size} includes them until the writer's next write. */
    void addBuffered(long bytes) {
        buffered += bytes;
    }

    long written() {
        return written;
    }

    /** Returns the bytes written plus those buffered since. */
    long size() {
        return written + buffered;
    }

    /** Closes the writer to release its memory, without writing to the file; failures are ignored. */
    void abandon(Closeable writer) {
        file = OutputStream.nullOutputStream();
        try {
            writer.close();
        } catch (IOException | RuntimeException e) {
            return;
        }
    }

    @Override
    public void write(int b) throws IOException {
        file.write(b);
        written++;
        buffered = 0;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        file.write(bytes, offset, length);
        written += length;
        buffered = 0;
    }

    @Override
    public void close() {
        // The caller closes the file once it is on disk.
    }
}
