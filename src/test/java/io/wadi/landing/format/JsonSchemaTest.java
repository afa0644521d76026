package io.wadi.landing.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonSchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final List<String> mistakes = new ArrayList<>();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"type":"string"}                                             | "string"
            {"type":"string","maxLength":3,"pattern":"a","default":"x"}   | "string"
            {"type":"string","format":"email"}                            | "string"
            {"type":"string","format":"date-time"}                        | {"type":"long","logicalType":"timestamp-millis","format":"date-time"}
            {"type":"string","enum":["a","b-c"]}                          | {"type":"string","enum":["a","b-c"]}
            {"type":["null","string"],"enum":["a",null]}                  | ["null",{"type":"string","enum":["a"]}]
            {"type":["null","string"],"enum":["a"]}                       | {"type":"string","enum":["a"]}
            {"type":"string","format":"date-time","enum":["a"]}           | {"type":"long","logicalType":"timestamp-millis","format":"date-time","enum":["a"]}
            {"type":"integer","minimum":0}                                | "long"
            {"type":"number"}                                             | "double"
            {"type":"boolean"}                                            | "boolean"
            {"type":["null","integer"]}                                   | ["null","long"]
            {"type":["number","null"]}                                    | ["null","double"]
            {"type":["integer"]}                                          | "long"
            {"type":"array","items":{"type":["string","null"]}}           | {"type":"array","items":["null","string"]}
            {"type":"object","additionalProperties":{"type":"number"}}    | {"type":"map","values":"double"}
            """)
    void toAvro_requiredProperty_isAField(String property, String type) throws Exception {
        Schema row = toAvro("{\"type\":\"object\",\"properties\":{\"p\":%s},\"required\":[\"p\"]}".formatted(property));

        assertThat(mistakes).isEmpty();
        assertThat(JSON.readTree(row.getField("p").schema().toString())).isEqualTo(JSON.readTree(type));
        assertThat(row.getField("p").hasDefaultValue()).isFalse();
    }

    @Test
    void toAvro_optionalProperties_areNullByDefault() throws Exception {
        Schema row = toAvro("""
                {"type":"object","properties":{"a":{"type":"string"},"b":{"type":["null","string"]}}}""");

        assertThat(JSON.readTree(row.toString())).isEqualTo(JSON.readTree("""
                        {"type":"record","name":"select_color","fields":[
                          {"name":"a","type":["null","string"],"default":null,"nullable":false},
                          {"name":"b","type":["null","string"],"default":null}]}"""));
    }

    @Test
    void toAvro_nestedObjects_haveUniqueNames() throws Exception {
        Schema row = toAvro("""
                {"type":"object","required":["host","disks"],"properties":{
                  "host":{"type":"object","required":["os"],"properties":{"os":{"type":"object","properties":{"host":{"type":"string"}}}}},
                  "disks":{"type":"array","items":{"type":"object","properties":{"host":{"type":"integer"}}}}}}""");

        assertThat(mistakes).isEmpty();
        assertThat(row.getField("host").schema().getFullName()).isEqualTo("select_color.host");
        assertThat(row.getField("host").schema().getField("os").schema().getFullName())
                .isEqualTo("select_color.host.os");
        assertThat(row.getField("disks").schema().getElementType().getFullName())
                .isEqualTo("select_color.disks.items");
        assertThat(new Schema.Parser().parse(row.toString())).isEqualTo(row);
    }

    @ParameterizedTest
    @CsvSource({
        "select-color, select_color",
        "metric.cpu, metric_cpu",
        "1st, _1st",
        "a+b.c, a_b_c",
        "string, _string",
        "long, _long",
        "strings, strings"
    })
    void toAvro_schemaName_isTheTopic(String topic, String name) throws Exception {
        Schema row = JsonSchema.toAvro(
                JSON.readTree("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}"), topic, mistakes);

        assertThat(row.getFullName()).isEqualTo(name);
    }

    @Test
    void toAvro_descriptions_areKept() throws Exception {
        Schema row = toAvro("""
                {"type":"object","description":"an event","properties":{"a":{"type":"string","description":"a color"}}}""");

        assertThat(row.getDoc()).isEqualTo("an event");
        assertThat(row.getField("a").doc()).isEqualTo("a color");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                           | "/properties/p/type": found nothing, expected one of array, boolean, integer, number, object, string, or an array of one of them and "null"
            true                                         | "/properties/p/type": found nothing, expected one of array, boolean, integer, number, object, string, or an array of one of them and "null"
            {"type":"text"}                              | "/properties/p/type": found "text", expected one of array, boolean, integer, number, object, string, or an array of one of them and "null"
            {"type":"null"}                              | "/properties/p/type": found "null", expected one of array, boolean, integer, number, object, string, or an array of one of them and "null"
            {"type":["string","integer"]}                | "/properties/p/type": found ["string","integer"], expected one of array, boolean, integer, number, object, string, or an array of one of them and "null"
            {"type":"object"}                            | "/properties/p": an object needs properties, or additionalProperties with a schema (a map)
            {"type":"object","properties":{}}            | "/properties/p": an object needs properties, or additionalProperties with a schema (a map)
            {"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}} | "/properties/p/additionalProperties": a schema is allowed only without properties (a map)
            {"type":"object","properties":{"a":{"type":"string"}},"required":["b"]} | "/properties/p/required": "b" is not among the properties
            {"type":"object","properties":{"a-b/c":{"type":"string"}}} | "/properties/p/properties/a-b~1c": invalid column name: expected letters, digits and _, not beginning with a digit
            {"type":"object","properties":{"1a":{"type":"string"}}}   | "/properties/p/properties/1a": invalid column name: expected letters, digits and _, not beginning with a digit
            {"type":"array"}                             | "/properties/p/items/type": found nothing, expected one of array, boolean, integer, number, object, string, or an array of one of them and "null"
            {"type":"array","prefixItems":[],"items":{"type":"string"}} | "/properties/p/prefixItems": keyword not supported for a column of type array, expected items
            {"type":"string","oneOf":[]}                 | "/properties/p/oneOf": keyword not supported for a column of type string, expected enum, format
            {"type":"integer","enum":[1,2]}              | "/properties/p/enum": keyword not supported for a column of type integer
            {"type":"string","enum":[]}                  | "/properties/p/enum": found no string, expected an array of strings
            {"type":"integer","format":"int32"}          | "/properties/p/format": keyword not supported for a column of type integer
            {"type":"string","requird":true}             | "/properties/p/requird": keyword not supported for a column of type string, expected enum, format
            """)
    void toAvro_unsupportedProperty_isReported(String property, String mistake) throws Exception {
        toAvro("{\"type\":\"object\",\"properties\":{\"p\":%s},\"required\":[\"p\"]}".formatted(property));

        assertThat(mistakes).containsExactly(mistake);
    }

    @Test
    void toAvro_severalMistakes_areAllReported() throws Exception {
        toAvro("""
                {"type":"object","required":["c"],"$ref":"#/a","properties":{
                  "a":{"type":"date"},"b":{"type":"array","items":{"type":"object"}}}}""");

        assertThat(mistakes)
                .extracting(mistake -> mistake.substring(0, mistake.indexOf(':')))
                .containsExactly("\"/$ref\"", "\"/required\"", "\"/properties/a/type\"", "\"/properties/b/items\"");
    }

    private Schema toAvro(String schema) throws IOException {
        return JsonSchema.toAvro(JSON.readTree(schema), "select-color", mistakes);
    }
}
