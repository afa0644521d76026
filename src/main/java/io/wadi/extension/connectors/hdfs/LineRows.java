package io.wadi.extension.connectors.hdfs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;

/** Lines that end with {@code \n} or {@code \r\n}; the last one may end with the file. */
final class LineRows implements FileRows {
    private static final int BUFFER = 64 << 10;
    /** Bytes of a line that is too long in its dead letter. */
    private static final int SHOWN = 64 << 10;

    private final HdfsContent content;
    private final Converter converter;
    private final int maxBytes;
    private final byte[] buffer = new byte[BUFFER];
    private int begin;
    private int limit;
    private long offset;

    LineRows(HdfsContent content, long offset, Converter converter, int maxBytes) throws IOException {
        this.content = content;
        this.converter = converter;
        this.maxBytes = maxBytes;
        this.offset = offset;
        content.seek(offset);
    }

    @Override
    public Row next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long length = 0;
        boolean isEnded = false;
        while (!isEnded) {
            if (begin == limit && !fill()) {
                if (length == 0) {
                    return null;
                }
                break;
            }
            int end = begin;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            line.write(buffer, begin, (int) Math.min(end - begin, maxBytes + 2L - line.size()));
            length += end - begin;
            isEnded = end < limit;
            begin = isEnded ? end + 1 : end;
        }
        offset += length + (isEnded ? 1 : 0);
        return row(line.toByteArray());
    }

    private boolean fill() throws IOException {
        limit = Math.max(0, content.read(buffer, 0, buffer.length));
        begin = 0;
        return limit > 0;
    }

    private Row row(byte[] bytes) {
        int length = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        byte[] line = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        if (length > maxBytes) {
            return Row.rejected(
                    Arrays.copyOf(line, Math.min(length, SHOWN)),
                    new IllegalArgumentException("the line is longer than %d bytes (longestLine); this is its beginning"
                            .formatted(maxBytes)));
        }
        if (converter == null) {
            return Row.of(line, SchemaAndValue.NULL);
        }
        try {
            return Row.of(line, converter.toConnectData(null, line));
        } catch (IllegalArgumentException e) {
            return Row.rejected(line, e);
        }
    }

    @Override
    public long offset() {
        return offset;
    }
}
