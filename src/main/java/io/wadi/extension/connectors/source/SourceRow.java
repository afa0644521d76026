package io.wadi.extension.connectors.source;

import java.time.Instant;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;

/**
 * A row of a file.
 *
 * @param raw its bytes; only the first ones of a row that is too long
 * @param value null if the bytes are the value of the record
 * @param rejection why the row cannot be a record; null if it can
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SourceRow(byte[] raw, SchemaAndValue value, IllegalArgumentException rejection) {
    public static SourceRow of(byte[] raw, SchemaAndValue value) {
        return new SourceRow(raw, value, null);
    }

    public static SourceRow rejected(byte[] raw, IllegalArgumentException rejection) {
        return new SourceRow(raw, SchemaAndValue.NULL, rejection);
    }

    /** Returns the record of this row, with the time at which it was read. */
    public PolledRecord record(Instant time, ConnectHeaders headers) {
        return PolledRecord.of(SchemaAndValue.NULL, value, raw, rejection, time, headers);
    }
}
