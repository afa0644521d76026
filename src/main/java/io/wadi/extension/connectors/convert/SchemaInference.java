package io.wadi.extension.connectors.convert;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Values;

/**
 * Infers schemas of values that have none. Unlike {@link Values#inferSchema}, it converts maps to structs and makes
 * every field optional.
 */
public final class SchemaInference {
    private SchemaInference() {}

    /**
     * Returns a value with its inferred schema. Null gets the schema of a string; the elements of a list get that of
     * the first element that is not null, and not a list without other values than null. Objects in a list get the
     * fields of all of them, and integers become doubles beside other numbers, unless they would lose digits.
     */
    public static SchemaAndValue of(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, SchemaAndValue> fields = new LinkedHashMap<>();
            map.forEach((name, each) -> fields.put(name.toString(), of(each)));
            return struct(SchemaBuilder.struct().optional(), fields);
        }
        if (value instanceof List<?> list) {
            return list(list.stream().map(SchemaInference::of).toList());
        }
        Object number = value instanceof BigInteger large ? new BigDecimal(large) : asDouble(value);
        if (number instanceof BigDecimal decimal) {
            return new SchemaAndValue(
                    Decimal.builder(decimal.scale()).optional().build(), decimal);
        }
        return new SchemaAndValue(
                number == null ? Schema.OPTIONAL_STRING_SCHEMA : optional(Values.inferSchema(number)), number);
    }

    /** Returns a struct of fields with these schemas. */
    public static SchemaAndValue struct(Map<String, SchemaAndValue> fields) {
        return struct(SchemaBuilder.struct(), fields);
    }

    private static SchemaAndValue struct(SchemaBuilder schema, Map<String, SchemaAndValue> fields) {
        fields.forEach((name, field) -> schema.field(name, field.schema()));
        Struct struct = new Struct(schema.build());
        fields.forEach((name, field) -> struct.put(name, field.value()));
        return new SchemaAndValue(struct.schema(), struct);
    }

    private static SchemaAndValue list(List<SchemaAndValue> elements) {
        Schema element = optional(common(elements));
        List<Object> values = new ArrayList<>();
        elements.forEach(each -> values.add(converted(each.value(), element)));
        return new SchemaAndValue(SchemaBuilder.array(element).optional().build(), values);
    }

    /** Returns the schema of values of one type: for structs, that with the fields of all of them. */
    private static Schema common(List<SchemaAndValue> all) {
        List<SchemaAndValue> known = all.stream()
                .filter(each -> each.value() != null)
                .sorted(Comparator.comparing(each -> !hasValues(each.value())))
                .toList();
        if (known.isEmpty()) {
            return Schema.OPTIONAL_STRING_SCHEMA;
        }
        if (known.stream().allMatch(each -> each.value() instanceof Struct)) {
            Map<String, List<SchemaAndValue>> fields = new LinkedHashMap<>();
            known.stream()
                    .map(each -> (Struct) each.value())
                    .forEach(struct -> struct.schema()
                            .fields()
                            .forEach(field -> fields.computeIfAbsent(field.name(), any -> new ArrayList<>())
                                    .add(new SchemaAndValue(field.schema(), struct.get(field)))));
            SchemaBuilder schema = SchemaBuilder.struct().optional();
            fields.forEach((name, values) -> schema.field(name, optional(common(values))));
            return schema.build();
        }
        if (known.stream().allMatch(each -> each.value() instanceof List)) {
            List<SchemaAndValue> elements = new ArrayList<>();
            known.forEach(list -> ((List<?>) list.value())
                    .forEach(each ->
                            elements.add(new SchemaAndValue(list.schema().valueSchema(), each))));
            return SchemaBuilder.array(optional(common(elements))).optional().build();
        }
        boolean isFloat = known.stream().anyMatch(each -> each.value() instanceof Double)
                && known.stream().allMatch(each -> isDouble(each.value()));
        return isFloat ? Schema.OPTIONAL_FLOAT64_SCHEMA : known.get(0).schema();
    }

    /** Returns whether a value is a double, or an integer that is also a double without loss of digits. */
    private static boolean isDouble(Object value) {
        return value instanceof Double || (value instanceof Long whole && (long) (double) whole == whole);
    }

    /** Returns a value with a schema that {@link #common} has determined. */
    private static Object converted(Object value, Schema schema) {
        if (value instanceof Struct struct && schema.type() == Schema.Type.STRUCT) {
            Struct all = new Struct(schema);
            struct.schema()
                    .fields()
                    .forEach(field -> all.put(
                            field.name(),
                            converted(
                                    struct.get(field),
                                    schema.field(field.name()).schema())));
            return all;
        }
        if (value instanceof Long whole && schema.type() == Schema.Type.FLOAT64) {
            return (double) whole;
        }
        return value instanceof List<?> list && schema.type() == Schema.Type.ARRAY
                ? list.stream()
                        .map(each -> converted(each, schema.valueSchema()))
                        .collect(Collectors.toCollection(ArrayList::new))
                : value;
    }

    private static boolean hasValues(Object value) {
        return value instanceof List<?> list ? list.stream().anyMatch(SchemaInference::hasValues) : value != null;
    }

    private static Schema optional(Schema schema) {
        if (schema.isOptional() || schema.type() == Schema.Type.STRUCT) {
            return schema;
        }
        SchemaBuilder optional = SchemaBuilder.type(schema.type()).optional();
        if (schema.name() != null) {
            optional.name(schema.name()).version(Objects.requireNonNullElse(schema.version(), 1));
        }
        return optional.build();
    }

    /** Returns a decimal as the double that Kafka Connect's converters would read, if that is the same number. */
    static Object asDouble(Object value) {
        if (value instanceof BigDecimal decimal) {
            double nearest = decimal.doubleValue();
            return Double.isFinite(nearest) && BigDecimal.valueOf(nearest).compareTo(decimal) == 0
                    ? (Object) nearest
                    : decimal;
        }
        return value;
    }

    static String names(Schema struct) {
        return struct.fields().stream().map(Field::name).collect(Collectors.joining(", "));
    }
}
