package io.wadi.landing.format;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Between a compressing writer and its file: counts what is written, and leaves the file open when the writer is
 * closed.
 */
final class FileBytes extends OutputStream {
    private OutputStream file;
    private long written;
    private long held;

    FileBytes(OutputStream file) {
        this.file = file;
    }

    /** Says that the writer has taken so many bytes; they count until it writes the next time. */
    void take(long bytes) {
        held += bytes;
    }

    /** What was written. */
    long written() {
        return written;
    }

    /** What was written, and what the writer has taken since. */
    long size() {
        return written + held;
    }

    /** Closes the writer for its memory's sake alone: nothing of it reaches the file, and whether it closes well is all one. */
    void giveUp(Closeable writer) {
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
        held = 0;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        file.write(bytes, offset, length);
        written += length;
        held = 0;
    }

    @Override
    public void close() {
        // The file is closed by whoever opened it, after it is on disk.
    }
}
