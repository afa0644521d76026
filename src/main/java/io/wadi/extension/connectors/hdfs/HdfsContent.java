package io.wadi.extension.connectors.hdfs;

import java.io.IOException;
import java.io.InputStream;
import org.apache.avro.file.SeekableInput;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * The content of a file, with random access. It records failures of HDFS, to distinguish them from errors in the file.
 * {@link #close} does nothing: {@link CamelHdfsFiles} closes the stream.
 */
final class HdfsContent extends InputStream implements SeekableInput {
    private final FSDataInputStream in;
    private final long length;
    private IOException failure;

    HdfsContent(FSDataInputStream in, long length) {
        this.in = in;
        this.length = length;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public long tell() throws IOException {
        return in.getPos();
    }

    @Override
    public void seek(long position) throws IOException {
        try {
            in.seek(position);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public int read() throws IOException {
        try {
            return in.read();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int maxBytes) throws IOException {
        try {
            return in.read(bytes, offset, maxBytes);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        // CamelHdfsFiles closes the stream.
    }

    private IOException failed(IOException e) {
        failure = e;
        return e;
    }

    /**
     * Returns the error of a file that could not be read.
     *
     * @throws IOException if HDFS caused the error
     */
    UnreadableFileException unreadable(String format, Throwable cause) throws IOException {
        if (failure != null) {
            throw failure;
        }
        return new UnreadableFileException(
                "not %s: %s".formatted(format, cause.getMessage() == null ? cause : cause.getMessage()), cause);
    }
}
