package io.wadi.extension.connectors.hdfs;

import io.wadi.format.AvroToJson;
import java.util.List;
import java.util.Optional;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * The types of Parquet that parquet-avro reads as signed numbers, since Avro lacks them or it does not know them:
 * timestamps and times in nanoseconds, which other programs such as pandas and Polars write by default, and unsigned
 * integers.
 */
final class ParquetNumbers {
    /** The entries with the Avro schema of a file that was written through Avro. */
    private static final List<String> AVRO_SCHEMAS = List.of("parquet.avro.schema", "avro.schema");

    private static final int INT = 32;

    private ParquetNumbers() {}

    /**
     * Returns the Avro schema to read a file with; empty if parquet-avro determines a complete one.
     *
     * @param configuration of the reader
     */
    static Optional<Schema> schema(FileMetaData file, ParquetConfiguration configuration) {
        MessageType type = file.getSchema();
        if (AVRO_SCHEMAS.stream().anyMatch(file.getKeyValueMetaData()::containsKey)
                || type.getColumns().stream().noneMatch(column -> mark(column.getPrimitiveType()) != null)) {
            return Optional.empty();
        }
        AvroSchemaConverter converter = new AvroSchemaConverter(configuration);
        Schema schema = converter.convert(type);
        copy(converter.convert(new MessageType(type.getName(), marked(type))), schema);
        return Optional.of(schema);
    }

    /** Returns a type that parquet-avro knows and that stands for a type which it does not; null for other types. */
    private static LogicalTypeAnnotation mark(Type type) {
        LogicalTypeAnnotation found = type.getLogicalTypeAnnotation();
        if (found instanceof TimestampLogicalTypeAnnotation timestamp && timestamp.getUnit() == TimeUnit.NANOS) {
            return LogicalTypeAnnotation.timestampType(timestamp.isAdjustedToUTC(), TimeUnit.MICROS);
        }
        if (found instanceof TimeLogicalTypeAnnotation time && time.getUnit() == TimeUnit.NANOS) {
            return LogicalTypeAnnotation.timeType(true, TimeUnit.MICROS);
        }
        return found instanceof IntLogicalTypeAnnotation integer && !integer.isSigned() && integer.getBitWidth() >= INT
                ? LogicalTypeAnnotation.timestampType(true, TimeUnit.MILLIS)
                : null;
    }

    private static List<Type> marked(GroupType group) {
        return group.getFields().stream().map(ParquetNumbers::marked).toList();
    }

    private static Type marked(Type type) {
        if (!type.isPrimitive()) {
            return type.asGroupType().withNewFields(marked(type.asGroupType()));
        }
        LogicalTypeAnnotation mark = mark(type);
        return mark == null
                ? type
                : Types.primitive(PrimitiveType.PrimitiveTypeName.INT64, type.getRepetition())
                        .as(mark)
                        .named(type.getName());
    }

    /** Adds types to a schema, where that of the marked columns has types that it lacks. */
    private static void copy(Schema marked, Schema schema) {
        switch (schema.getType()) {
            case RECORD -> {
                for (Schema.Field field : schema.getFields()) {
                    copy(marked.getFields().get(field.pos()).schema(), field.schema());
                }
            }
            case UNION -> {
                for (int i = 0; i < schema.getTypes().size(); i++) {
                    copy(marked.getTypes().get(i), schema.getTypes().get(i));
                }
            }
            case ARRAY -> copy(marked.getElementType(), schema.getElementType());
            case MAP -> copy(marked.getValueType(), schema.getValueType());
            case INT, LONG -> {
                if (schema.getLogicalType() == null && marked.getLogicalType() != null) {
                    add(marked.getLogicalType(), schema);
                }
            }
            default -> {} // It is no number.
        }
    }

    private static void add(LogicalType mark, Schema schema) {
        if (mark instanceof LogicalTypes.TimestampMicros) {
            LogicalTypes.timestampNanos().addToSchema(schema);
        } else if (mark instanceof LogicalTypes.LocalTimestampMicros) {
            LogicalTypes.localTimestampNanos().addToSchema(schema);
        } else {
            boolean isTime = mark instanceof LogicalTypes.TimeMicros;
            schema.addProp(AvroToJson.TYPE, isTime ? AvroToJson.TIME_NANOS : AvroToJson.UNSIGNED);
        }
    }
}
