package io.wadi.extension.connectors.hdfs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import io.wadi.extension.connectors.convert.Converters;
import io.wadi.extension.connectors.source.LineFormat;
import io.wadi.extension.connectors.source.SourceRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.apache.kafka.connect.storage.Converter;

/** The elements of one JSON array. */
final class JsonArrayRows implements FileRows {
    private static final int MAX_DIGITS = 100_000;
    private static final int MAX_DEPTH = 5_000;
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            // Only UTF-8: errors in other encodings are IOExceptions, as are failures of HDFS.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            // Of the array: each element has the limits of its conversion, so that an element beyond them is rejected
            // alone.
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(MAX_DIGITS)
                    .maxNestingDepth(MAX_DEPTH)
                    .build())
            .streamWriteConstraints(
                    StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final Converter OBJECT = Converters.of("json", "");

    private final HdfsContent content;
    private final LineFormat format;
    private final JsonParser parser;
    private long rows;

    JsonArrayRows(HdfsContent content, long skip, int maxBytes) throws IOException, UnreadableFileException {
        this.content = content;
        skipByteOrderMark();
        this.format = new LineFormat("element", OBJECT, maxBytes);
        this.parser = JSON.createParser(content);
        JsonToken first = token();
        if (first != JsonToken.START_ARRAY) {
            throw new UnreadableFileException("not a JSON array: found %s, expected ["
                    .formatted(first == null ? "an empty file" : parser.getText()));
        }
        while (rows < skip) {
            if (isAtEnd()) {
                throw new UnreadableFileException(
                        "the JSON array has %d elements, but %d were read before".formatted(rows, skip));
            }
            try {
                parser.skipChildren();
            } catch (JsonProcessingException e) {
                throw content.unreadable("a JSON array", e);
            }
            rows++;
        }
    }

    /** The parser itself skips it only if it detects the encoding. */
    private void skipByteOrderMark() throws IOException {
        if (!Arrays.equals(content.readNBytes(BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
            content.seek(0);
        }
    }

    private JsonToken token() throws IOException, UnreadableFileException {
        try {
            return parser.nextToken();
        } catch (JsonProcessingException e) {
            throw content.unreadable("a JSON array", e);
        }
    }

    /** Advances to the next element; returns true if there is none. */
    private boolean isAtEnd() throws IOException, UnreadableFileException {
        if (token() != JsonToken.END_ARRAY) {
            return false;
        }
        if (token() != null) {
            throw new UnreadableFileException("found data after the JSON array, expected its end");
        }
        return true;
    }

    @Override
    public SourceRow next() throws IOException, UnreadableFileException {
        if (parser.isClosed() || isAtEnd()) {
            return null;
        }
        Limited bytes = new Limited();
        try (JsonGenerator copy = JSON.createGenerator(bytes)) {
            copy.copyCurrentStructureExact(parser);
        } catch (JsonProcessingException e) {
            throw content.unreadable("a JSON array", e);
        }
        rows++;
        byte[] element = bytes.toByteArray();
        return bytes.isTooLong ? format.tooLong(element) : format.row(element);
    }

    @Override
    public long offset() {
        return rows;
    }

    /** A buffer that keeps only the beginning of an element that is too long. */
    private final class Limited extends ByteArrayOutputStream {
        private boolean isTooLong;

        @Override
        public synchronized void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            if (isTooLong) {
                return;
            }
            isTooLong = count + (long) length > format.maxBytes();
            super.write(bytes, offset, isTooLong ? Math.min(length, Math.max(0, LineFormat.SHOWN - count)) : length);
            count = isTooLong ? Math.min(count, LineFormat.SHOWN) : count;
        }
    }
}
