package io.wadi.extension.connectors.hdfs;

import io.wadi.extension.connectors.source.LineFormat;
import io.wadi.extension.connectors.source.SourceRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.kafka.connect.storage.Converter;

/** Lines that end with {@code \n} or {@code \r\n}; the last one may end with the file. */
final class LineRows implements FileRows {
    private static final int BUFFER = 64 << 10;
    private final HdfsContent content;
    private final LineFormat format;
    private final byte[] buffer = new byte[BUFFER];
    private int begin;
    private int limit;
    private long offset;

    LineRows(HdfsContent content, long offset, Converter converter, int maxBytes) throws IOException {
        this.content = content;
        this.format = new LineFormat("line", converter, maxBytes);
        this.offset = offset;
        content.seek(offset);
    }

    @Override
    public SourceRow next() throws IOException {
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
            line.write(buffer, begin, (int) Math.min(end - begin, format.maxBytes() + 2L - line.size()));
            length += end - begin;
            isEnded = end < limit;
            begin = isEnded ? end + 1 : end;
        }
        offset += length + (isEnded ? 1 : 0);
        return format.row(line.toByteArray());
    }

    private boolean fill() throws IOException {
        limit = Math.max(0, content.read(buffer, 0, buffer.length));
        begin = 0;
        return limit > 0;
    }

    @Override
    public long offset() {
        return offset;
    }
}
