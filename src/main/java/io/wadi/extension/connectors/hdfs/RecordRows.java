package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.extension.connectors.convert.Fields;
import io.wadi.extension.connectors.convert.Format;
import io.wadi.format.AvroToJson;
import java.io.IOException;
import java.util.HashMap;
import org.apache.avro.generic.GenericRecord;

/** Converts records of Avro, all of one schema, to rows, and counts them. */
final class RecordRows {
    private static final Format JSON = Format.of("json", "");

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
            return refused(found, new IllegalArgumentException("a row is an Avro record, and this is none"));
        }
        try {
            if (toJson == null) {
                toJson = new AvroToJson(row.getSchema());
            }
            Fields fields = new Fields((ObjectNode) toJson.json(row), new HashMap<>());
            return FileRows.Row.of(JSON.write(fields), fields);
        } catch (RuntimeException e) {
            return refused(found, new IllegalArgumentException("cannot be JSON: " + e.getMessage(), e));
        }
    }

    private static FileRows.Row refused(Object found, IllegalArgumentException refusal) {
        return FileRows.Row.refused(String.valueOf(found).getBytes(UTF_8), refusal);
    }

    long count() {
        return count;
    }
}
