package io.wadi.extension.connectors.hdfs;

import java.util.List;
import java.util.Optional;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * The logical type of Parquet's timestamps in nanoseconds, which other programs write by default, such as pandas.
 * Without it, parquet-avro reads them as numbers.
 */
final class NanosecondTimestamps {
    /** The entries with the Avro schema of a file that was written through Avro. */
    private static final List<String> AVRO_SCHEMAS = List.of("parquet.avro.schema", "avro.schema");

    private NanosecondTimestamps() {}

    /**
     * Returns the Avro schema to read a file with; empty if parquet-avro determines a complete one.
     *
     * @param configuration of the reader
     */
    static Optional<Schema> schema(FileMetaData file, ParquetConfiguration configuration) {
        MessageType type = file.getSchema();
        if (AVRO_SCHEMAS.stream().anyMatch(file.getKeyValueMetaData()::containsKey)
                || type.getColumns().stream().noneMatch(column -> isNanoseconds(column.getPrimitiveType()))) {
            return Optional.empty();
        }
        AvroSchemaConverter converter = new AvroSchemaConverter(configuration);
        Schema schema = converter.convert(type);
        MessageType inMicroseconds = new MessageType(type.getName(), inMicroseconds(type));
        copy(converter.convert(inMicroseconds), schema);
        return Optional.of(schema);
    }

    private static boolean isNanoseconds(Type type) {
        return type.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation timestamp
                && timestamp.getUnit() == TimeUnit.NANOS;
    }

    private static List<Type> inMicroseconds(GroupType group) {
        return group.getFields().stream()
                .map(NanosecondTimestamps::inMicroseconds)
                .toList();
    }

    private static Type inMicroseconds(Type type) {
        if (!type.isPrimitive()) {
            return type.asGroupType().withNewFields(inMicroseconds(type.asGroupType()));
        }
        if (!isNanoseconds(type)) {
            return type;
        }
        boolean isUtc = ((TimestampLogicalTypeAnnotation) type.getLogicalTypeAnnotation()).isAdjustedToUTC();
        return Types.primitive(PrimitiveType.PrimitiveTypeName.INT64, type.getRepetition())
                .as(LogicalTypeAnnotation.timestampType(isUtc, TimeUnit.MICROS))
                .named(type.getName());
    }

    /** Adds the logical types of nanoseconds to a schema, where another one in microseconds has types that it lacks. */
    private static void copy(Schema inMicroseconds, Schema schema) {
        switch (schema.getType()) {
            case RECORD -> {
                for (Schema.Field field : schema.getFields()) {
                    copy(inMicroseconds.getFields().get(field.pos()).schema(), field.schema());
                }
            }
            case UNION -> {
                for (int i = 0; i < schema.getTypes().size(); i++) {
                    copy(inMicroseconds.getTypes().get(i), schema.getTypes().get(i));
                }
            }
            case ARRAY -> copy(inMicroseconds.getElementType(), schema.getElementType());
            case MAP -> copy(inMicroseconds.getValueType(), schema.getValueType());
            case LONG -> {
                if (schema.getLogicalType() == null && inMicroseconds.getLogicalType() != null) {
                    (inMicroseconds.getLogicalType() instanceof LogicalTypes.TimestampMicros
                                    ? LogicalTypes.timestampNanos()
                                    : LogicalTypes.localTimestampNanos())
                            .addToSchema(schema);
                }
            }
            default -> {} // The type has no timestamps.
        }
    }
}
