package io.wadi.ingest.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.schema.SchemaChange.Effect;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SchemaChangeTest {
    private static List<SchemaChange> between(String before, String after) {
        return SchemaChange.between(before, after, true);
    }

    private static String property(String schema) {
        return "{\"properties\": {\"a\": " + schema + "}}";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type": ["string", "null"]}   | {"type": "string"}               | null was allowed, now only a string is
            {"type": "number"}             | {"type": "integer"}              | a fraction was allowed, now only an integer is
            {"type": "string"}             | {"type": "integer"}              | a string was allowed, now only an integer is
            {"title": "any"}               | false                            | anything was allowed, now nothing is
            {"type": "string"}             | {"enum": ["x", 1]}               | other values than "x", 1 were allowed
            {"enum": ["x", "y"]}           | {"enum": ["y", "z"]}             | "x" was allowed
            {"enum": ["x", "yy"]}          | {"maxLength": 1}                 | "yy" was allowed
            {"type": "boolean"}            | {"const": true}                  | false was allowed
            {"type": "string"}             | {"minLength": 1}                 | characters: any number allowed, now at least 1
            {"maxLength": 5}               | {"maxLength": 4}                 | characters: at most 5 allowed, now at most 4
            {"type": "string"}             | {"pattern": "^x"}                | must match the pattern ^x now
            {"type": "string"}             | {"format": "date"}               | must match the format date now
            {"minimum": 1}                 | {"minimum": 2}                   | smaller numbers were allowed, now at least 2
            {"minimum": 1}                 | {"exclusiveMinimum": 1}          | smaller numbers were allowed, now more than 1
            {"type": "number"}             | {"maximum": 2}                   | larger numbers were allowed, now at most 2
            {"maximum": 2}                 | {"exclusiveMaximum": 2}          | larger numbers were allowed, now less than 2
            {"multipleOf": 5}              | {"multipleOf": 10}               | numbers other than multiples of 10 were allowed
            {"type": "object"}             | {"maxProperties": 1}             | properties: any number allowed, now at most 1
            {"minItems": 1}                | {"minItems": 2}                  | elements: at least 1 allowed, now at least 2
            """)
    void narrowerSchema_reportsTheFormerlyAllowedValues(String before, String after, String text) {
        assertThat(between(property(before), property(after)))
                .containsExactly(new SchemaChange(Effect.REJECTS, "/a", text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"required": ["a"]}                               | {"required": ["a", "b/c"]}                       | /b~1c   | is required now
            {"properties": {"a": {"type": "string"}}}         | {"properties": {"a": {"type": "string"}}, "additionalProperties": false} | /* | anything was allowed, now nothing is
            {"properties": {"a": {}}, "additionalProperties": false} | {"additionalProperties": false}           | /a      | anything was allowed, now nothing is
            {"additionalProperties": {"type": "number"}}      | {"additionalProperties": {"type": "integer"}}    | /*      | a fraction was allowed, now only an integer is
            {"properties": {"a": {"items": {"type": "number"}}}} | {"properties": {"a": {"items": {"type": "integer"}}}} | /a/* | a fraction was allowed, now only an integer is
            {"prefixItems": [{"minimum": 1}, {}]}             | {"prefixItems": [{"minimum": 2}, {}]}            | /0      | smaller numbers were allowed, now at least 2
            {"prefixItems": [{"minimum": 1}], "items": {"minimum": 2}} | {"items": {"minimum": 2}}               | /0      | smaller numbers were allowed, now at least 2
            {"propertyNames": {"maxLength": 3}}               | {"propertyNames": {"maxLength": 2}}              | /*      | property name: characters: at most 3 allowed, now at most 2
            {"$ref": "#/$defs/x", "$defs": {"x": {"minimum": 1}}} | {"allOf": [{"minimum": 2}]}                  | ``      | smaller numbers were allowed, now at least 2
            {"properties": {"a": {"$ref": "#"}, "b": {"minimum": 1}}} | {"properties": {"a": {"$ref": "#"}, "b": {"minimum": 3}}} | /b | smaller numbers were allowed, now at least 3
            """)
    void narrowerSchema_reportsThePointer(String before, String after, String pointer, String text) {
        assertThat(between(before, after)).containsExactly(new SchemaChange(Effect.REJECTS, pointer, text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type": "integer"}                     | {"type": "number"}
            {"type": "integer"}                     | {"type": "integer", "multipleOf": 0.5}
            {"multipleOf": 10}                      | {"multipleOf": 5}
            {"enum": ["x"]}                         | {"enum": ["y", "x"]}
            {"enum": ["x", "long"], "maxLength": 2} | {"const": "x"}
            {"type": "null"}                        | {"enum": [null, 1]}
            {"maxLength": 5}                        | {"maxLength": 6}
            {"minimum": 2}                          | {"exclusiveMinimum": 1}
            {"exclusiveMinimum": 1}                 | {"minimum": 1}
            {"pattern": "^x"}                       | {"title": "x"}
            {"type": "string"}                      | {"type": "string", "maximum": 3}
            {"required": ["a"]}                     | {"type": ["object", "null", "array", "string", "boolean", "number"]}
            {"additionalProperties": false}         | {"properties": {"b": {"type": "string"}}, "additionalProperties": false}
            {"properties": {"b": {"minimum": 1}}}   | {"properties": {"b": {"$ref": "#/$defs/m"}}, "$defs": {"m": {"minimum": 1}}}
            false                                   | {"type": "string"}
            {"anyOf": [{"type": "string"}]}         | {"anyOf": [{"type": "string"}]}
            {"type": "string", "description": "x"}  | {"type": "string"}
            """)
    void widerSchema_isNotReported(String before, String after) {
        assertThat(between(before, after)).isEmpty();
    }

    @Test
    void newlyDeclaredProperty_isReportedAsFormerlyUndeclared() {
        assertThat(between(
                        "{\"properties\": {\"a\": {}}}",
                        "{\"properties\": {\"a\": {}, \"b\": {\"type\": \"string\"}}}"))
                .singleElement()
                .satisfies(change -> assertThat(change.effect()).isEqualTo(Effect.REJECTS_UNNAMED))
                .hasToString("/b: an object, an array, a number, a boolean or null was allowed, now only a string is"
                        + " (the earlier schema did not name it)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type": 7}                              | {"type": "string"}                       | the earlier schema is invalid: /type: does not have a value in the enumeration ["array", "boolean", "integer", "null", "number", "object", "string"]; /type: integer found, array expected: whether this rejects events accepted before is unknown
            {"properties": {"a": {"pattern": "^x"}}} | {"properties": {"a": {"pattern": "^y"}}} | /a: must match the pattern ^y now: whether this rejects events accepted before is unknown
            {"anyOf": [{"type": "string"}]}          | {"type": "string"}                       | the earlier schema has /anyOf: whether this rejects events accepted before is unknown
            {"type": "string"}                       | {"properties": {"b": {"not": {}}}}       | the schema has /properties/b/not: whether this rejects events accepted before is unknown
            """)
    void uncomparedKeywords_areReported(String before, String after, String text) {
        assertThat(between(before, after))
                .singleElement()
                .satisfies(change -> assertThat(change.effect()).isEqualTo(Effect.UNKNOWN))
                .hasToString(text);
    }
}
