package io.wadi.extension.connectors.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransformationsTest {
    private static final Instant TIME = Instant.parse("2026-11-22T07:00:00.123Z");
    private static final String RENAME = "type=org.apache.kafka.connect.transforms.ReplaceField$Value renames=";

    /** A custom transformation that adds 1 to the field n. */
    public static final class Increment implements Transformation<SourceRecord> {
        private String field;

        @Override
        public void configure(Map<String, ?> configs) {
            field = (String) configs.get("counted");
        }

        @Override
        @SuppressWarnings("unchecked")
        public SourceRecord apply(SourceRecord record) {
            Map<String, Object> value = (Map<String, Object>) record.value();
            if (value.get(field) == null) {
                throw new RetriableException("not yet");
            }
            value.put(field, (long) value.get(field) + 1);
            return record;
        }

        @Override
        public ConfigDef config() {
            return new ConfigDef()
                    .define("counted", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "The field to increment");
        }

        @Override
        public void close() {
            // there is nothing to close
        }
    }

    /**
     * Returns the connector properties of steps, which are separated by semicolons; the properties of a step are
     * separated by blanks.
     */
    private static String properties(String steps) {
        StringBuilder names = new StringBuilder();
        StringBuilder properties = new StringBuilder();
        for (String step : steps.isEmpty() ? new String[0] : steps.split(";", -1)) {
            String name = "t" + names.length();
            names.append(names.isEmpty() ? "" : ",").append(name);
            for (String property : step.strip().split(" ", -1)) {
                properties.append("transforms.%s.%s%n".formatted(name, property));
            }
        }
        return "transforms=" + names + "\n" + properties;
    }

    private static SourceRecord apply(String properties, Schema schema, Object value) {
        try (Transformations<SourceRecord> chain = new Transformations<>(properties)) {
            return chain.apply(
                    new SourceRecord(null, null, "orders", null, null, null, schema, value, TIME.toEpochMilli(), null));
        }
    }

    private static Object value(String json) {
        return Json.withoutSchema(Json.tree(json.getBytes(UTF_8)));
    }

    private static JsonNode json(SourceRecord record) {
        return Json.tree(Json.bytes(ConnectToJson.object(record.valueSchema(), record.value())));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            type=ReplaceField$Value renames=a:b                  | {"a":1,"c":2}                | {"b":1,"c":2}
            type=ReplaceField$Value renames=x:b                  | {"a":1}                      | {"a":1}
            type=ReplaceField$Value exclude=a,c                  | {"a":1,"b":2,"c":3}          | {"b":2}
            type=MaskField$Value fields=a,b,c,d,e                | {"a":"s","b":7,"c":true,"d":null,"e":[1]} | {"a":"","b":0,"c":false,"d":null,"e":[]}
            type=MaskField$Value fields=a replacement=none       | {"a":"s"}                    | {"a":"none"}
            type=Flatten$Value delimiter=_                       | {"a":{"b":{"c":1},"d":[{}]}} | {"a_b_c":1,"a_d":[{}]}
            type=Flatten$Value                                   | {"a":{"b":1},"c":2}          | {"a.b":1,"c":2}
            type=TimestampConverter$Value field=a target.type=Timestamp | {"a":1763794800123}   | {"a":"2025-11-22T07:00:00.123Z"}
            type=TimestampConverter$Value field=a target.type=Timestamp unix.precision=seconds | {"a":0,"b":null} | {"a":"1970-01-01T00:00:00Z","b":null}
            type=TimestampConverter$Value field=a target.type=unix format=yyyy-MM-dd'T'HH:mm:ss.SSSXXX | {"a":"2025-11-22T08:00:00.123+01:00"} | {"a":1763794800123}
            type=TimestampConverter$Value field=a target.type=unix unix.precision=seconds format=yyyy-MM-dd'T'HH:mm:ss | {"a":"2025-11-22T07:00:00"} | {"a":1763794800}
            type=InsertField$Value timestamp.field=a; type=TimestampConverter$Value field=a target.type=Timestamp | {} | {"a":"2026-11-22T07:00:00.123Z"}
            type=Flatten$Value delimiter=_; type=ReplaceField$Value exclude=a_b; type=ReplaceField$Value renames=a_c:d | {"a":{"b":1,"c":2}} | {"d":2}
            type=Cast$Value spec=a:int32,b:string                | {"a":"5","b":1.10}           | {"a":5,"b":"1.1"}
            type=HoistField$Value field=line                     | {"a":1}                      | {"line":{"a":1}}
            type=ExtractField$Value field=a                      | {"a":{"b":1}}                | {"b":1}
            type=ReplaceField$Value exclude=b                    | {"a":12345678901234567890.5,"b":1} | {"a":12345678901234567890.5}
            ``                                                   | {"a":1.10}                   | {"a":1.10}
            """)
    void record_isTransformed(String steps, String given, String expected) {
        assertThat(json(apply(properties(steps), null, value(given)))).isEqualTo(Json.tree(expected.getBytes(UTF_8)));
    }

    @Test
    void connectorProperties_areAppliedUnchanged() {
        String properties = """
                transforms=route,cast,drop,own
                transforms.route.type=org.apache.kafka.connect.transforms.RegexRouter
                transforms.route.regex=(.*)ders
                transforms.route.replacement=$1chards
                transforms.cast.type=org.apache.kafka.connect.transforms.Cast$Value
                transforms.cast.spec=n:int64
                transforms.cast.predicate=isOrchard
                transforms.drop.type=org.apache.kafka.connect.transforms.ReplaceField$Value
                transforms.drop.exclude=n
                transforms.drop.predicate=isOrchard
                transforms.drop.negate=true
                transforms.own.type=io.wadi.extension.connectors.convert.TransformationsTest$Increment
                transforms.own.counted=n
                predicates=isOrchard
                predicates.isOrchard.type=org.apache.kafka.connect.transforms.predicates.TopicNameMatches
                predicates.isOrchard.pattern=or.hards
                """;

        SourceRecord record = apply(properties, null, value("{\"n\":\"41\"}"));

        assertThat(record.topic()).isEqualTo("orchards");
        assertThat(json(record)).hasToString("{\"n\":42}");
        assertThatThrownBy(() -> apply(properties(own()), null, value("{}"))).isInstanceOf(RetriableException.class);
    }

    /** As the text arrives from {@code value: >-}, which joins the lines of a connector's file by blanks. */
    @ParameterizedTest
    @ValueSource(strings = {"=", " = ", " : "})
    void connectorProperties_inOneLine_mayHaveBlanksAroundTheirSeparators(String is) {
        String properties =
                "transforms=own transforms.own.type=%s transforms.own.counted=n transforms.own.predicate=isOrder"
                                .formatted(Increment.class.getName())
                        + " predicates=isOrder predicates.isOrder.type=TopicNameMatches predicates.isOrder.pattern=orders";

        SourceRecord record = apply(properties.replace("=", is), null, value("{\"n\":1}"));

        assertThat(json(record)).hasToString("{\"n\":2}");
    }

    private static String own() {
        return "type=" + Increment.class.getName() + " counted=n";
    }

    @Test
    void inputValue_isNotModified() {
        Object read = value("{\"n\":1,\"deep\":{\"x\":1.10}}");

        assertThat(json(apply(properties(own()), null, read))).hasToString("{\"n\":2,\"deep\":{\"x\":1.1}}");
        assertThat(Json.bytes(ConnectToJson.object(null, read)))
                .asString(UTF_8)
                .isEqualTo("{\"n\":1,\"deep\":{\"x\":1.10}}");
    }

    @Test
    void struct_keepsTheOrderAndTheTypesOfItsFields() {
        SchemaAndValue row = SchemaInference.of(value("{\"id\":1,\"card\":\"4111\",\"name\":\"one\",\"photo\":\"x\"}"));

        SourceRecord record = apply(
                properties("type=MaskField$Value fields=card replacement=****; " + RENAME + "name:label exclude=photo"),
                row.schema(),
                row.value());

        assertThat(record.value()).isInstanceOf(Struct.class);
        assertThat(json(record)).hasToString("{\"id\":1,\"card\":\"****\",\"label\":\"one\"}");
    }

    @Test
    void filter_dropsARecord() {
        String properties = """
                transforms=drop
                transforms.drop.type=org.apache.kafka.connect.transforms.Filter
                transforms.drop.predicate=isTombstone
                transforms.drop.negate=true
                predicates=isTombstone
                predicates.isTombstone.type=org.apache.kafka.connect.transforms.predicates.RecordIsTombstone
                """;

        assertThat(apply(properties, null, value("{}"))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            type=TimestampConverter$Value field=a target.type=Timestamp format=yyyy | {"a":"soon"} | transforms.t0: Could not parse timestamp: value (soon) does not match pattern (yyyy)
            type=Cast$Value spec=a:int32       | {"a":"soon"}       | transforms.t0: Value (soon) was out of range for requested data type
            type=ExtractField$Value field=a    | `"text"`           | transforms.t0: Only Map objects supported in absence of schema for [field extraction], found: java.lang.String
            """)
    void recordThatCannotBeTransformed_isRejected(String steps, String given, String message) {
        assertThatThrownBy(() -> apply(properties(steps), null, value(given)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            type=ReplaceFeld$Value                | transforms.t0.type is ReplaceFeld$Value, expected a class on the class path that is a Transformation: java.lang.ClassNotFoundException
            type=java.lang.String                 | transforms.t0.type is java.lang.String, expected a class on the class path that is a Transformation: java.lang.ClassCastException
            renames=a:b                           | Missing required configuration "transforms.t0.type" which has no default value.
            type=ReplaceField$Value rename=a:b    | there is no property transforms.t0.rename; did you mean transforms.t0.renames?
            type=TimestampConverter$Value target.type=now | Invalid value now for configuration target.type
            type=Filter predicate=none            | transforms.t0.predicate is "none", expected one of []
            type=Filter negate=maybe              | Invalid value maybe for configuration transforms.t0.negate
            """)
    void invalidProperties_areRejected(String steps, String message) {
        assertThatThrownBy(() -> apply(properties(steps), null, value("{}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message.strip());
    }

    @Test
    void propertyOfAnUndeclaredTransformation_isRejected() {
        assertThatThrownBy(() -> new Transformations<SourceRecord>(
                        "transforms=a\ntransforms.a.type=Filter\ntransforms.b.type=Filter"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no property transforms.b.type; did you mean transforms.a.type?");
    }
}
