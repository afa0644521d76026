package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.extension.connectors.convert.Json;
import io.wadi.format.AvroToJson;
import java.io.IOException;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.connect.data.SchemaAndValue;

/** Converts records of Avro, all of one schema, to rows, and counts them. */
final class RecordRows {
    private final Source source;
    private AvroToJson toJson;
    private long count;

    /** Returns the next record; null after the last one. */
    interface Source {
        Object next() throws IOException, UnreadableFileException;
    }

    /**
     * Creates the rows of a file.
     *
     * @param skip the number of records that were read
     */
    RecordRows(Source source, long skip) throws IOException, UnreadableFileException {
        this.source = source;
        for (; count < skip; count++) {
            if (source.next() == null) {
                throw new UnreadableFileException("the file has %d rows, of which %d were read".formatted(count, skip));
            }
        }
    }

    /** Returns the next row; null after the last one. */
    FileRows.Row next() throws IOException, UnreadableFileException {
        Object found = source.next();
        if (found == null) {
            return null;
        }
        count++;
        if (!(found instanceof GenericRecord row)) {
            return rejected(found, new IllegalArgumentException("a row is an Avro record, and this is none"));
        }
        try {
            if (toJson == null) {
                toJson = new AvroToJson(row.getSchema());
            }
            JsonNode json = toJson.json(row);
            return FileRows.Row.of(Json.bytes(json), new SchemaAndValue(null, Json.withoutSchema(json)));
        } catch (RuntimeException e) {
            return rejected(found, new IllegalArgumentException("cannot be JSON: " + e.getMessage(), e));
        }
    }

    private static FileRows.Row rejected(Object found, IllegalArgumentException rejection) {
        return FileRows.Row.rejected(String.valueOf(found).getBytes(UTF_8), rejection);
    }

    long count() {
        return count;
    }
}
