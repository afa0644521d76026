package io.wadi.extension.connectors.hdfs;

import io.wadi.format.AvroToJson;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * The types of Parquet that parquet-avro reads as signed numbers or bytes, since Avro lacks them or it does not support
 * them: timestamps and times in nanoseconds, which other programs such as pandas and Polars write by default, unsigned
 * integers, and texts of JSON, such as of DuckDB.
 */
final class ParquetTypes {
    /** The entries with the Avro schema of a file that was written through Avro. */
    private static final List<String> AVRO_SCHEMAS = List.of("parquet.avro.schema", "avro.schema");

    private static final int INT = 32;

    private ParquetTypes() {}

    /**
     * Returns the Avro schema to read a file with; empty if parquet-avro determines a complete one.
     *
     * @param configuration of the reader
     */
    static Optional<Schema> schema(FileMetaData file, ParquetConfiguration configuration) {
        MessageType type = file.getSchema();
        if (AVRO_SCHEMAS.stream().anyMatch(file.getKeyValueMetaData()::containsKey)
                || type.getColumns().stream()
                        .map(ColumnDescriptor::getPrimitiveType)
                        .allMatch(ParquetTypes::isKnown)) {
            return Optional.empty();
        }
        AvroSchemaConverter converter = new AvroSchemaConverter(configuration);
        Schema schema = converter.convert(new MessageType(type.getName(), replaced(type, ParquetTypes::text)));
        copy(converter.convert(new MessageType(type.getName(), replaced(type, ParquetTypes::marked))), schema);
        return Optional.of(schema);
    }

    private static boolean isKnown(PrimitiveType type) {
        return mark(type) == null && !isJson(type);
    }

    private static boolean isJson(PrimitiveType type) {
        return type.getLogicalTypeAnnotation() instanceof JsonLogicalTypeAnnotation;
    }

    private static Type text(PrimitiveType type) {
        return isJson(type)
                ? Types.primitive(type.getPrimitiveTypeName(), type.getRepetition())
                        .as(LogicalTypeAnnotation.stringType())
                        .named(type.getName())
                : type;
    }

    /** Returns a type that parquet-avro supports and that stands for one that it does not; null for other types. */
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

    /** Returns the fields of a group, with other primitive types. */
    private static List<Type> replaced(GroupType group, Function<PrimitiveType, Type> primitive) {
        return group.getFields().stream()
                .map(field -> field.isPrimitive()
                        ? primitive.apply(field.asPrimitiveType())
                        : field.asGroupType().withNewFields(replaced(field.asGroupType(), primitive)))
                .toList();
    }

    private static Type marked(PrimitiveType type) {
        LogicalTypeAnnotation mark = mark(type);
        return mark == null
                ? text(type)
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
            default -> {} // It has no such type.
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
