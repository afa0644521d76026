package io.wadi.landing.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;

/** Converts records to rows of a schema. Thread-safe. */
abstract class Rows {
    private static final String NAMESPACE = "io.wadi.landing";
    private static final String ENVELOPE = NAMESPACE + ".Envelope";

    private final Schema schema;

    private Rows(Schema schema) {
        this.schema = schema;
    }

    Schema schema() {
        return schema;
    }

    abstract GenericData.Record row(ConsumerRecord<byte[], ByteBuffer> consumed) throws RejectedRecordException;

    /** Returns rows of the records' values. Records without a value are rejected. */
    static Rows ofValues(Schema schema, RowReader reader) {
        return new Rows(schema) {
            @Override
            GenericData.Record row(ConsumerRecord<byte[], ByteBuffer> consumed) throws RejectedRecordException {
                if (consumed.value() == null) {
                    throw new RejectedRecordException("the record has no value (a tombstone); a row requires one");
                }
                return reader.read(consumed.value());
            }
        };
    }

    /**
     * Returns rows with the Kafka metadata of records: {@code topic}, {@code partition}, {@code offset}, {@code
     * timestamp}, {@code timestampType}, {@code key} and {@code headers} as bytes, and {@code value} with the value's
     * columns, null for a record without a value.
     */
    static Rows inEnvelope(Schema value, RowReader reader) {
        return new EnvelopeRows(value, reader);
    }

    static boolean isEnvelope(Schema schema) {
        return schema.getFullName().equals(ENVELOPE);
    }

    /** Returns the record of an envelope's row, with its value as JSON. */
    static ConsumerRecord<byte[], byte[]> fromEnvelope(GenericRecord row) {
        RecordHeaders headers = new RecordHeaders();
        for (Object each : (Iterable<?>) row.get("headers")) {
            GenericRecord header = (GenericRecord) each;
            headers.add(header.get("key").toString(), Utils.toNullableArray((ByteBuffer) header.get("value")));
        }
        return new ConsumerRecord<>(
                row.get("topic").toString(),
                (int) row.get("partition"),
                (long) row.get("offset"),
                row.get("timestamp") == null ? -1 : (long) row.get("timestamp"),
                TimestampType.CREATE_TIME,
                -1,
                -1,
                Utils.toNullableArray((ByteBuffer) row.get("key")),
                row.get("value") == null ? null : row.get("value").toString().getBytes(UTF_8),
                headers,
                Optional.empty());
    }

    private static final class EnvelopeRows extends Rows {
        private final RowReader reader;
        private final Schema headers;

        EnvelopeRows(Schema value, RowReader reader) {
            super(envelope(value));
            this.reader = reader;
            this.headers = schema().getField("headers").schema();
        }

        private static Schema envelope(Schema value) {
            Schema text = Schema.create(Schema.Type.STRING);
            Schema bytesOrNull = JsonSchema.orNull(Schema.create(Schema.Type.BYTES));
            Schema header = Schema.createRecord("Header", null, NAMESPACE, false);
            header.setFields(List.of(new Schema.Field("key", text), orNull("value", bytesOrNull)));
            Schema timestamp = LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
            Schema envelope = Schema.createRecord(ENVELOPE, null, null, false);
            envelope.setFields(List.of(
                    new Schema.Field("topic", text),
                    new Schema.Field("partition", Schema.create(Schema.Type.INT)),
                    new Schema.Field("offset", Schema.create(Schema.Type.LONG)),
                    orNull("timestamp", JsonSchema.orNull(timestamp)),
                    new Schema.Field("timestampType", text),
                    orNull("key", bytesOrNull),
                    new Schema.Field("headers", Schema.createArray(header)),
                    orNull("value", JsonSchema.orNull(value))));
            return envelope;
        }

        private static Schema.Field orNull(String name, Schema schema) {
            return new Schema.Field(name, schema, null, JsonProperties.NULL_VALUE);
        }

        @Override
        GenericData.Record row(ConsumerRecord<byte[], ByteBuffer> consumed) throws RejectedRecordException {
            GenericData.Record row = new GenericData.Record(schema());
            row.put("value", consumed.value() == null ? null : reader.read(consumed.value()));
            row.put("topic", consumed.topic());
            row.put("partition", consumed.partition());
            row.put("offset", consumed.offset());
            boolean hasTimestamp = consumed.timestampType() != TimestampType.NO_TIMESTAMP_TYPE;
            row.put("timestamp", hasTimestamp ? consumed.timestamp() : null);
            row.put("timestampType", consumed.timestampType().toString());
            row.put("key", Utils.wrapNullable(consumed.key()));
            row.put("headers", headers(consumed));
            return row;
        }

        private List<GenericData.Record> headers(ConsumerRecord<?, ?> consumed) {
            List<GenericData.Record> all = new ArrayList<>();
            for (Header header : consumed.headers()) {
                GenericData.Record row = new GenericData.Record(headers.getElementType());
                row.put("key", header.key());
                row.put("value", Utils.wrapNullable(header.value()));
                all.add(row);
            }
            return all;
        }
    }
}
