package io.wadi.extension.connectors.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EnvelopeJsonConverterTest extends ConverterTestSupport {
    /** A sender may give each record another schema, and Kafka's converter would keep 1,000 of them. */
    @Test
    void schemaOfALargeRecord_isNotKept() {
        Converter converter = Converters.of("json-schema", "");
        String record = """
                {"schema":{"type":"struct","fields":[{"type":"int64","field":"id","doc":"%s"}]},"payload":{"id":1}}""";
        String small = record.formatted("x");
        String large = record.formatted("x".repeat(16 << 10));

        SchemaAndValue kept = read(converter, small);
        SchemaAndValue first = read(converter, large);
        SchemaAndValue second = read(converter, large);

        assertThat(read(converter, small).schema()).isSameAs(kept.schema());
        assertThat(second).isEqualTo(first);
        assertThat(second.schema()).isNotSameAs(first.schema());
    }

    @Test
    void connectJson_convertsLogicalTypesToPlainJson() {
        String schema = """
                {"schema":{"type":"struct","fields":[{"field":"id","type":"int64"},
                  {"field":"price","type":"bytes","name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"2"}},
                  {"field":"at","type":"int64","name":"org.apache.kafka.connect.data.Timestamp"},
                  {"field":"in","type":"struct","fields":[{"field":"day","type":"int32","name":"org.apache.kafka.connect.data.Date"}]}]},
                 "payload":""";
        String payload = "{\"id\":1,\"price\":\"BOI=\",\"at\":1763794800123,\"in\":{\"day\":1}}";
        Converter converter = Converters.of("json-schema", "");

        SchemaAndValue read = read(converter, schema + payload + "}");

        assertThat(json(read))
                .isEqualTo(
                        "{\"id\":1,\"price\":12.50,\"at\":\"2025-11-22T07:00:00.123Z\",\"in\":{\"day\":\"1970-01-02\"}}");
        assertThat(Json.tree(write(converter, read)).path("payload")).isEqualTo(Json.tree(payload.getBytes(UTF_8)));
        assertThatThrownBy(() -> read(converter, schema + payload.replace("1}}", "1,\"more\":true}}") + "}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the field more is not in the schema of its record, which has day");
        assertThatThrownBy(() -> read(converter, schema + "{}}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a record of its schema: ");
    }

    /** Kafka Connect's converter would convert them to other values. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            int32   | 3000000000           | found 3000000000, expected int32
            int32   | 1.9                  | found 1.9, expected int32
            int32   | "12"                 | found "12", expected int32
            int8    | -129                 | found -129, expected int8
            int64   | 9223372036854775808  | found 9223372036854775808, expected int64
            int64   | 1e99999              | found 1E+99999, expected int64
            float   | 1e39                 | found 1E+39, expected float32
            double  | "NaN"                | found "NaN", expected float64
            boolean | "true"               | found "true", expected boolean
            string  | 5                    | found 5, expected string
            bytes   | 5                    | found 5, expected bytes
            """)
    void connectJson_withAValueOfAnotherType_isRejected(String type, String value, String message) {
        String record = """
                {"schema":{"type":"struct","fields":[{"field":"a","type":"%s","optional":true}]},"payload":{"a":%s}}""";
        Converter converter = Converters.of("json-schema", "");

        assertThatThrownBy(() -> read(converter, record.formatted(type, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a record of its schema: at \"/a\": " + message);
        assertThat(read(converter, record.formatted(type, "null")).value()).hasToString("Struct{}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            int32   | 2147483647 | 2147483647
            int64   | 1e3        | 1000
            float   | 1          | 1.0
            double  | 2.5        | 2.5
            boolean | true       | true
            string  | "5"        | 5
            """)
    void connectJson_withAValueOfItsType_isRead(String type, String value, String read) {
        String record = """
                {"schema":{"type":"struct","fields":[{"field":"a","type":"%s"}]},"payload":{"a":%s}}""";

        assertThat(read(Converters.of("json-schema", ""), record.formatted(type, value))
                        .value())
                .hasToString("Struct{a=" + read + "}");
    }

    /** Kafka Connect's converter would drop the field. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            string | {"one":{"a":1},"two":{"a":2,"more":3}}
            int32  | [[1,{"a":1}],[2,{"a":2,"more":3}]]
            """)
    void connectJson_withAnUndescribedFieldInAMap_isRejected(String keys, String map) {
        String record = """
                {"schema":{"type":"struct","fields":[{"field":"of","type":"map","keys":{"type":"%s"},
                  "values":{"type":"struct","fields":[{"field":"a","type":"int32"}]}}]},"payload":{"of":%s}}""";
        Converter converter = Converters.of("json-schema", "");

        assertThat(read(converter, record.formatted(keys, map.replace(",\"more\":3", "")))
                        .value())
                .hasToString("Struct{of={%s=Struct{a=1}, %s=Struct{a=2}}}"
                        .formatted(keys.equals("int32") ? 1 : "one", keys.equals("int32") ? 2 : "two"));
        assertThatThrownBy(() -> read(converter, record.formatted(keys, map)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the field more is not in the schema of its record, which has a");
    }

    @Test
    void connectJson_infersASchemaForAValueWithoutOne() {
        String record = """
                {"id":1,"big":12345678901234567890,"price":12.5,"exact":12345678901234567.25,"ok":true,"none":null,\
                "in":{"tags":["a",null]},"list":[{"x":1},{"x":2}],"grid":[[],[null],[1]]}""";
        Converter converter = Converters.of("json-schema", "");

        byte[] written = write(converter, fields(record));

        assertThat(Json.tree(written).at("/schema/fields").findValuesAsText("type"))
                .startsWith("int64", "bytes", "double", "bytes", "boolean", "string", "struct");
        assertThat(json(read(converter, new String(written, UTF_8)))).isEqualTo(record);
        assertThat(json(read(converter, "{\"schema\":null,\"payload\":{\"a\":1.10}}")))
                .isEqualTo("{\"a\":1.10}");
        assertThat(Json.tree(write(converter, fields("{\"a\":[1,null,2.5]}"))).at("/payload/a"))
                .hasToString("[1.0,null,2.5]");
        assertThat(Json.tree(write(
                                converter,
                                fields("{\"a\":[{\"x\":1},null,{\"y\":[]},{\"y\":[{\"z\":\"b\"}],\"x\":null}]}")))
                        .at("/payload/a"))
                .hasToString("[{\"x\":1,\"y\":null},null,{\"x\":null,\"y\":[]},{\"x\":null,\"y\":[{\"z\":\"b\"}]}]");
        assertThat(Json.tree(write(
                                converter,
                                fields("{\"a\":[{\"x\":10},{\"x\":2.5},{\"x\":null}],\"b\":[[2.5],[1],[null]]}")))
                        .at("/payload"))
                .hasToString("{\"a\":[{\"x\":10.0},{\"x\":2.5},{\"x\":null}],\"b\":[[2.5],[1.0],[null]]}");
        assertThatThrownBy(() -> write(converter, fields("{\"a\":[{\"x\":9007199254740993},{\"x\":2.5}]}")))
                .as("an integer that is not a double")
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> write(converter, fields("{\"a\":[1,\"x\"]}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot be json-schema: ");
    }
}
