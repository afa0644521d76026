package io.wadi.landing.format;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Encodes one record per line, each ended by a newline, plain or compressed. A compressed file is one gzip member or
 * one zstd frame, both with a checksum; a concatenation of files is a valid file.
 */
final class LineEncoder implements Encoder {
    /** Lines are buffered, since each write has a cost in the HDFS client, and a higher one in a compressor. */
    private static final int BUFFER_BYTES = 64 << 10;

    private final Lines lines;
    private final FileBytes file;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int buffered;

    private LineEncoder(Lines lines, FileBytes file, OutputStream out) {
        this.lines = lines;
        this.file = file;
        this.out = out;
    }

    static LineEncoder plain(Lines lines, OutputStream file) {
        FileBytes bytes = new FileBytes(file);
        return new LineEncoder(lines, bytes, bytes);
    }

    static LineEncoder gzip(Lines lines, OutputStream file, int level) throws IOException {
        FileBytes bytes = new FileBytes(file);
        return new LineEncoder(lines, bytes, new Gzip(bytes, level));
    }

    static LineEncoder zstd(Lines lines, OutputStream file, int level) throws IOException {
        FileBytes bytes = new FileBytes(file);
        return new LineEncoder(lines, bytes, new ZstdOutputStreamNoFinalizer(bytes, level).setChecksum(true));
    }

    @Override
    public void write(ConsumerRecord<byte[], ByteBuffer> consumed) throws RejectedRecordException, IOException {
        ByteBuffer line = lines.line(consumed);
        int length = line.remaining();
        if (length >= BUFFER_BYTES - buffered) {
            flush();
        }
        if (length >= BUFFER_BYTES) {
            writeThrough(line.array(), line.arrayOffset() + line.position(), length);
        } else {
            line.get(line.position(), buffer, buffered, length);
            buffered += length;
        }
        buffer[buffered++] = '\n';
    }

    private void flush() throws IOException {
        writeThrough(buffer, 0, buffered);
        buffered = 0;
    }

    private void writeThrough(byte[] bytes, int from, int length) throws IOException {
        file.addBuffered(length);
        out.write(bytes, from, length);
    }

    @Override
    public long bytes() {
        return file.size() + buffered;
    }

    @Override
    public void finish() throws IOException {
        flush();
        out.close();
    }

    @Override
    public void close() {
        file.abandon(out);
    }

    private static final class Gzip extends GZIPOutputStream {
        Gzip(OutputStream out, int level) throws IOException {
            super(out, BUFFER_BYTES);
            def.setLevel(level);
        }
    }
}
