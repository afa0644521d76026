package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.extension.connectors.convert.Json;
import io.wadi.extension.connectors.source.SourceRow;
import io.wadi.format.AvroToJson;
import java.io.IOException;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.connect.data.SchemaAndValue;

/** Converts Avro records, all of one schema, to rows, and counts them. */
abstract class RecordRows implements FileRows {
    private AvroToJson toJson;
    private long count;

    /** Skips the records that were read before. */
    final void skip(long read) throws IOException, UnreadableFileException {
        for (; count < read; count++) {
            if (read() == null) {
                throw new UnreadableFileException("found %d rows, but %d were read before".formatted(count, read));
            }
        }
    }

    /** Returns the next record; null after the last one. */
    abstract Object read() throws IOException, UnreadableFileException;

    @Override
    public final SourceRow next() throws IOException, UnreadableFileException {
        Object found = read();
        if (found == null) {
            return null;
        }
        count++;
        try {
            return row(found);
        } catch (StackOverflowError e) {
            throw new UnreadableFileException("the row is nested too deeply", e);
        }
    }

    private SourceRow row(Object found) {
        if (!(found instanceof GenericRecord row)) {
            return rejected(found, new IllegalArgumentException("found another Avro type, expected a record"));
        }
        try {
            if (toJson == null) {
                toJson = new AvroToJson(row.getSchema());
            }
            JsonNode json = toJson.json(row);
            return SourceRow.of(Json.bytes(json), new SchemaAndValue(null, Json.withoutSchema(json)));
        } catch (RuntimeException e) {
            return rejected(found, new IllegalArgumentException("cannot be JSON: " + e.getMessage(), e));
        }
    }

    private static SourceRow rejected(Object found, IllegalArgumentException rejection) {
        return SourceRow.rejected(String.valueOf(found).getBytes(UTF_8), rejection);
    }

    @Override
    public final long offset() {
        return count;
    }
}
