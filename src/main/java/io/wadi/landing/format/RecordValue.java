package io.wadi.landing.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** Reads a JSON object as a record of a schema, with each field at most once and defaults for missing fields. */
final class RecordValue implements RowValue {
    record Column(Schema.Field field, RowValue value) {}

    private static final Object MISSING = new Object();

    private final Schema schema;
    private final boolean ignoreUnknown;
    private final Map<String, Column> columns = new HashMap<>();
    private final Object[] defaults;

    RecordValue(Schema schema, List<Column> columns, boolean ignoreUnknown) {
        this.schema = schema;
        this.ignoreUnknown = ignoreUnknown;
        this.defaults = new Object[columns.size()];
        for (Column column : columns) {
            this.columns.put(column.field().name(), column);
            defaults[column.field().pos()] =
                    column.field().hasDefaultValue() ? GenericData.get().getDefaultValue(column.field()) : MISSING;
        }
    }

    @Override
    public Object read(JsonParser parser) throws IOException, RejectedRecordException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw RowValues.rejected(parser, "an object");
        }
        GenericData.Record row = new GenericData.Record(schema);
        boolean[] read = new boolean[defaults.length];
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            readField(parser, row, read);
        }
        int missing = 0;
        for (int i = 0; i < read.length; i++) {
            if (!read[i]) {
                if (defaults[i] == MISSING) {
                    throw missing(parser, schema.getFields().get(i));
                }
                row.put(i, defaults[i]);
                missing++;
            }
        }
        if (missing > 0) {
            RowReader.countMissing(parser, missing);
        }
        return row;
    }

    private void readField(JsonParser parser, GenericData.Record row, boolean[] read)
            throws IOException, RejectedRecordException {
        Column column = columns.get(parser.currentName());
        parser.nextToken();
        if (column == null) {
            if (!ignoreUnknown) {
                throw RowValues.rejected(
                        parser, "one of the fields " + String.join(", ", new TreeSet<>(columns.keySet())));
            }
            parser.skipChildren();
            return;
        }
        int at = column.field().pos();
        if (read[at]) {
            throw RowValues.rejected(parser, "each name once in an object");
        }
        read[at] = true;
        row.put(at, column.value().read(parser));
    }

    private static RejectedRecordException missing(JsonParser parser, Schema.Field field) {
        return new RejectedRecordException("at \"%s\": missing field %s, which has no default"
                .formatted(parser.getParsingContext().pathAsPointer(), field.name()));
    }
}
