package io.wadi.extension.connectors.source;

import java.util.Arrays;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;

/**
 * The conversion of lines, or of elements, to rows.
 *
 * @param unit the word for a line in error messages
 * @param converter null if a line is the value of its record as it is
 * @param maxBytes of a line
 */
public record LineFormat(String unit, Converter converter, int maxBytes) {
    /** Bytes of a row that is too long in its dead letter. */
    public static final int SHOWN = 64 << 10;

    /** Returns the row of a line that ends before {@code \n} or {@code \r\n}. */
    public SourceRow row(byte[] bytes) {
        int length = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        byte[] line = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        if (length > maxBytes) {
            return tooLong(line);
        }
        if (converter == null) {
            return SourceRow.of(line, SchemaAndValue.NULL);
        }
        try {
            return SourceRow.of(line, converter.toConnectData(null, line));
        } catch (IllegalArgumentException e) {
            return SourceRow.rejected(line, e);
        }
    }

    /** Returns the row of a line that is too long, of which this is the beginning. */
    public SourceRow tooLong(byte[] beginning) {
        return SourceRow.rejected(
                Arrays.copyOf(beginning, Math.min(beginning.length, SHOWN)),
                new IllegalArgumentException("the %s is longer than %d bytes (longestLine); this is its beginning"
                        .formatted(unit, maxBytes)));
    }
}
