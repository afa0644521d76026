package io.wadi.extension.connectors.source;

import java.time.Instant;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * A record as a source has read it.
 *
 * @param record the record without a topic; its value is null if {@code raw} is the unchanged value
 * @param raw the bytes of the record; null if it has none, such as a row of a table
 * @param rejection why the bytes are not a record; null if they are
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PolledRecord(SourceRecord record, byte[] raw, IllegalArgumentException rejection) {
    /** Creates a record with the time at which it was read. */
    public static PolledRecord of(
            SchemaAndValue key,
            SchemaAndValue value,
            byte[] raw,
            IllegalArgumentException rejection,
            Instant time,
            ConnectHeaders headers) {
        SourceRecord record = new SourceRecord(
                null,
                null,
                null,
                null,
                key.schema(),
                key.value(),
                value.schema(),
                value.value(),
                time.toEpochMilli(),
                headers);
        return new PolledRecord(record, raw, rejection);
    }
}
