package io.wadi.extension.connectors.source;

import java.util.Arrays;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;

/**
 * The conversion of lines, or of array elements, to rows.
 *
 * @param unit the word for a line or element in error messages
 * @param converter null if a line is the unchanged value of its record
 * @param maxBytes the maximum size of a line or element
 */
public record LineFormat(String unit, Converter converter, int maxBytes) {
    /** The maximum number of bytes in the dead letter of a row that is too long. */
    public static final int SHOWN = 64 << 10;

    /** Returns the row of a line, without a carriage return at its end. */
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

    /** Returns the rejected row of a line that is too long, from its beginning. */
    public SourceRow tooLong(byte[] beginning) {
        return SourceRow.rejected(
                Arrays.copyOf(beginning, Math.min(beginning.length, SHOWN)),
                new IllegalArgumentException("the %s is longer than %d bytes (longestLine); this is its beginning"
                        .formatted(unit, maxBytes)));
    }
}
