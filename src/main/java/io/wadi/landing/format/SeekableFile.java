package io.wadi.landing.format;

import java.io.IOException;
import java.io.InputStream;
import org.apache.avro.file.SeekableInput;

/** A file with random access: a seek backwards opens it again and skips to the position. Not thread-safe. */
final class SeekableFile extends InputStream implements SeekableInput {
    private final FirstAndLastRecords.Content content;
    private final long length;
    private InputStream in;
    private long position;

    SeekableFile(FirstAndLastRecords.Content content, long length) throws IOException {
        this.content = content;
        this.length = length;
        this.in = content.open();
    }

    @Override
    public void seek(long to) throws IOException {
        if (to < position) {
            in.close();
            in = content.open();
            position = 0;
        }
        in.skipNBytes(to - position);
        position = to;
    }

    @Override
    public long tell() {
        return position;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read() throws IOException {
        int read = in.read();
        position += read < 0 ? 0 : 1;
        return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int maxBytes) throws IOException {
        int read = in.read(bytes, offset, maxBytes);
        position += Math.max(0, read);
        return read;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
