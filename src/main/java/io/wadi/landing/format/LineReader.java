package io.wadi.landing.format;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Reads the lines of a landed file, compressed or not. */
public final class LineReader implements Closeable {
    private static final int BUFFER = 1 << 16;

    private final String path;
    private final InputStream content;
    private final byte[] buffer = new byte[BUFFER];
    private InputStream in;
    private int position;
    private int limit;
    private long lines;

    /**
     * Creates a reader; the extension determines the compression.
     *
     * @param content read from the first line on, and closed
     */
    public LineReader(String path, InputStream content) {
        this.path = path;
        this.content = content;
    }

    /** Returns whether a file of this name consists of lines, compressed or not. */
    public static boolean canRead(String path) {
        return path.endsWith(".jsonl") || path.endsWith(".jsonl.gz") || path.endsWith(".jsonl.zst");
    }

    private InputStream decompressed() throws IOException {
        if (path.endsWith(".gz")) {
            return new GZIPInputStream(content, BUFFER);
        }
        return path.endsWith(".zst") ? new ZstdInputStream(content) : content;
    }

    /**
     * Returns the next line without its newline, or null after the last.
     *
     * @throws EOFException if the file ends within a line or within compressed data; {@link java.util.zip.ZipException}
     *    or {@link com.github.luben.zstd.ZstdIOException} if the content does not match the extension
     */
    public byte[] next() throws IOException {
        if (in == null) {
            in = decompressed();
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            if (position == limit) {
                limit = Math.max(0, in.read(buffer));
                position = 0;
                if (limit == 0 && line.size() == 0) {
                    return null;
                }
                if (limit == 0) {
                    throw new EOFException("the file ends within a line");
                }
            }
            int begin = position;
            while (position < limit && buffer[position] != '\n') {
                position++;
            }
            line.write(buffer, begin, position - begin);
            if (position < limit) {
                position++;
                lines++;
                return line.toByteArray();
            }
        }
    }

    /** Returns the number of lines read. */
    public long lines() {
        return lines;
    }

    @Override
    public void close() throws IOException {
        // A decompressor occupies native memory.
        (in == null ? content : in).close();
    }
}
