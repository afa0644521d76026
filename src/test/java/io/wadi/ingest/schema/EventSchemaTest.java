package io.wadi.ingest.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.wadi.format.CollidingNames;
import io.wadi.ingest.event.JsonRules;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.ReusedParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EventSchemaTest {
    private static final String ORDER = """
            {
              "type": "object",
              "properties": {
                "id": {"type": "string", "minLength": 2, "maxLength": 4},
                "amount": {"type": "number", "exclusiveMinimum": 0, "maximum": 1e3},
                "count": {"type": "integer", "multipleOf": 5},
                "currency": {"enum": ["EUR", "USD", null, 1]},
                "code": {"pattern": "^[A-Z]+$"},
                "lines": {"type": "array", "maxItems": 2, "items": {"$ref": "#/$defs/line"}},
                "a/b~c": {"type": "boolean"}
              },
              "required": ["id"],
              "additionalProperties": false,
              "$defs": {"line": {"type": "object", "minProperties": 1, "propertyNames": {"maxLength": 3}}}
            }""";

    /** Each level is checked once for each alternative of the level above. */
    @Test
    void recursiveAlternatives_areCheckedUpToALimit() {
        EventSchema schema = EventSchema.compile("""
                {"oneOf": [
                  {"type": "object", "required": ["op", "args"],
                   "properties": {"op": {"const": "and"}, "args": {"type": "array", "items": {"$ref": "#"}}}},
                  {"type": "object", "required": ["op", "args"],
                   "properties": {"op": {"const": "or"}, "args": {"type": "array", "items": {"$ref": "#"}}}},
                  {"type": "string"}]}""", false);

        assertThat(SchemaChecks.check(schema, nested(5))).isNull();
        assertThat(SchemaChecks.check(schema, nested(40)))
                .isEqualTo(new Problem("", "checking it follows too many references of its schema"));
    }

    private static String nested(int levels) {
        return "{\"op\":\"and\",\"args\":[".repeat(levels) + "\"x\"" + "]}".repeat(levels);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "none", textBlock = """
            {"id":"ab"} | none | none
            {"id":"ab","amount":1e3,"count":5.0,"currency":1.0,"code":"A","lines":[{"abc":{}}],"a/b~c":true} | none | none
            [] | `` | found an array, expected an object
            {} | `` | lacks id
            {"id":"a"} | /id | found 1 characters, expected from 2 to 4
            {"id":"\\uD83D\\uDE00"} | /id | found 1 characters, expected from 2 to 4
            {"id":"abcde"} | /id | found 5 characters, expected from 2 to 4
            {"id":null} | /id | found null, expected a string
            {"id":"ab","amount":0} | /amount | found a smaller number, expected more than 0
            {"id":"ab","amount":-0.0} | /amount | found a smaller number, expected more than 0
            {"id":"ab","amount":1000.00000000000000000001} | /amount | found a larger number, expected at most 1E+3
            {"id":"ab","count":6} | /count | found a number that is not a multiple of 5
            {"id":"ab","count":1.5} | /count | found a fraction, expected an integer
            {"id":"ab","count":5e999999999} | /count | found a number with an exponent beyond ±1000, which cannot be checked
            {"id":"ab","count":1e900} | none | none
            {"id":"ab","currency":100e2147483647} | /currency | found a value other than "EUR", "USD", null, 1
            {"id":"ab","currency":"KRW"} | /currency | found a value other than "EUR", "USD", null, 1
            {"id":"ab","currency":[]} | /currency | found a value other than "EUR", "USD", null, 1
            {"id":"ab","code":"A\\n"} | /code | does not match the pattern ^[A-Z]+$
            {"id":"ab","lines":[{"a":1},{}]} | /lines/1 | found 0 properties, expected at least 1
            {"id":"ab","lines":[{"abcd":{"x":[1,{"y":2}]}}],"z":1} | /lines/0/abcd | property name: found 4 characters, expected at most 3
            {"lines":[{"a":1},{"a":1},{"a":1}],"id":"ab"} | /lines | found 3 elements, expected at most 2
            {"id":"ab","a/b~c":0} | /a~1b~0c | found an integer, expected a boolean
            {"ID":"ab"} | /ID | unknown property, expected a/b~c, amount, code, count, currency, id, lines
            """)
    void check_reportsTheFirstProblemAndItsPointer(String event, String pointer, String text) {
        EventSchema schema = EventSchema.compile(ORDER, false);

        assertThat(schema.treeReason()).isEmpty();
        assertThat(SchemaChecks.check(schema, event)).isEqualTo(pointer == null ? null : new Problem(pointer, text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "none", textBlock = """
            {"id":"ab"} | none
            {"id":7} | none
            {"id":[{"x":1}],"y":[]} | /id: array found, string expected
            {"n":1e900} | none
            {"n":1e-900} | /n: must be multiple of 0.5
            {"n":1e999999999,"id":[1]} | /n: found a number with an exponent beyond ±1000, which cannot be checked
            """)
    void check_onATree_reportsTheSameProblem(String event, String problem) {
        EventSchema schema = EventSchema.compile("""
                {"properties": {"id": {"anyOf": [{"type": "string"}, {"const": 7}]}, "n": {"multipleOf": 0.5}}}""", false);

        assertThat(schema.treeReason()).hasValue("/properties/id/anyOf");
        assertThat(Objects.toString(SchemaChecks.check(schema, event), null)).isEqualTo(problem);
    }

    /** Jackson throws an exception for numbers with such exponents. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "none", textBlock = """
            {"id":"ab","amount":1e-9999999999} | none
            {"id":"ab","amount":1.5E-2147483648} | none
            {"id":"ab","amount":0e+9999999999} | /amount: found a smaller number, expected more than 0
            {"id":"ab","amount":1e9999999999} | /amount: found a larger number, expected at most 1E+3
            {"id":"ab","count":-2.5e9999999999} | /count: found a number with an exponent beyond ±1000, which cannot be checked
            {"id":"ab","count":5e-9999999999} | /count: found a fraction, expected an integer
            {"id":"ab","currency":1e9999999999} | /currency: found a value other than "EUR", "USD", null, 1
            """)
    void check_exponentBeyondAnInt_isCompared(String event, String problem) throws IOException {
        EventSchema schema = EventSchema.compile(ORDER, false);

        assertThat(Objects.toString(checkAsReceived(schema, event), null)).isEqualTo(problem);
    }

    @Test
    void check_onATree_exponentBeyondAnInt_isReported() throws IOException {
        EventSchema schema = EventSchema.compile("{\"properties\": {\"n\": {\"not\": {\"type\": \"string\"}}}}", false);

        assertThat(schema.treeReason()).isPresent();
        assertThat(checkAsReceived(schema, "{\"n\":1e9999999999}"))
                .isEqualTo(new Problem("/n", "found a number with an exponent beyond ±1000, which cannot be checked"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e9999999999", "[{\"a\":1e-9999999999},0]"})
    void withKey_exponentBeyondAnInt_isAProblem(String id) throws IOException {
        EventSchema schema = EventSchema.ANY.withKey("/id");

        assertThat(checkAsReceived(schema, "{\"id\":" + id + ",\"x\":[1]}").text())
                .isEqualTo("found a number with an exponent beyond an int, which cannot be a key");
    }

    /** Copying the number normalizes its exponent. Java 17 cannot read it again, Java 25 can. */
    @Test
    void withKey_exponentBeyondAnIntOfTheCopiedNumber_isCheckedOrAProblem() throws IOException {
        EventSchema schema = EventSchema.compile("{\"properties\": {\"id\": {\"type\": \"integer\"}}}", false)
                .withKey("/id");

        assertThat(checkAsReceived(schema, "{\"id\":12e2147483647}"))
                .isIn(null, new Problem("/id", "found a number with an exponent beyond an int, which cannot be a key"));
    }

    /** The number has 1,000 characters, the maximum in an event, and a few more in the key. */
    @Test
    void withKey_longestNumberWithAnExponent_isAKey() {
        EventSchema schema = EventSchema.compile("{\"properties\": {\"id\": {\"minimum\": 1}}}", false)
                .withKey("/id");
        List<String> keys = new ArrayList<>();
        String digits = "1".repeat(997);

        assertThat(SchemaChecks.check(schema, "{\"id\":1" + digits + "e1}", key -> keys.add(new String(key, UTF_8))))
                .isNull();
        assertThat(keys).containsExactly("1." + digits + "E+998");
    }

    /** Checks an event with the parser for events from clients. */
    private static Problem checkAsReceived(EventSchema schema, String event) throws IOException {
        byte[] json = event.getBytes(UTF_8);
        return new ReusedParser(json.length).read(json, 0, json.length, parser -> {
            parser.nextToken();
            return schema.check(parser, key -> {});
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":", "{\"a\":{\"b\":1},\"c\":2", "{\"a\":tru}", "{\"a\":01}", "{\"a\": 1, \"b\": [}"})
    void check_notJson_throws(String event) throws IOException {
        EventSchema schema = EventSchema.compile("{\"properties\": {\"a\": {\"type\": \"string\"}}}", false);

        try (JsonParser parser = new JsonFactory().createParser(event)) {
            parser.nextToken();
            assertThatExceptionOfType(JsonProcessingException.class).isThrownBy(() -> schema.check(parser, key -> {}));
        }
    }

    /** The low 64 bits of 1e64 and 2e64 are 0. */
    @ParameterizedTest
    @CsvSource({"1e64, false", "-1e64, false", "1e19, false", "100.0, true", "1e2, true", "101, false", "-1, false"})
    void check_onATree_integersBeyondALong_areComparedExactly(String number, boolean isValid) {
        for (String bounds :
                List.of("\"minimum\":0,\"maximum\":100", "\"exclusiveMinimum\":-1,\"exclusiveMaximum\":101")) {
            EventSchema schema = EventSchema.compile(
                    "{\"type\":\"integer\",%s,\"not\":{\"type\":\"string\"}}".formatted(bounds), false);

            assertThat(schema.treeReason()).isPresent();
            assertThat(SchemaChecks.check(schema, number) == null).as(bounds).isEqualTo(isValid);
        }
    }

    @Test
    void check_integersBeyondALong_areComparedExactly() {
        EventSchema schema =
                EventSchema.compile("{\"type\":\"integer\",\"exclusiveMinimum\":1,\"maximum\":2e300}", false);

        assertThat(SchemaChecks.check(schema, "1e300")).isNull();
        assertThat(SchemaChecks.check(schema, "3e300")).isNotNull();
        assertThat(SchemaChecks.check(schema, "-1e300")).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type": "objekt"}                                             | /type:
            {"properties": {"a": {"maxLength": -1}, "b": {"required": 1}}} | /properties/a/maxLength:
            {"properties": {"a": {"maxLength": -1}, "b": {"required": 1}}} | /properties/b/required:
            {"pattern": "["}                                               | pattern [: Unclosed character class
            {"not": {"pattern": "["}}                                      | pattern [: Unclosed character class
            {"$schema": "http://json-schema.org/draft-07/schema#"}         | /$schema: found http://json-schema.org/draft-07/schema#, expected https://json-schema.org/draft/2020-12/schema
            {"$ref": "http://localhost/x.json"}                            | unresolvable reference
            {"$ref": "#/$defs/a"}                                          | unresolvable reference
            {"type": "object"                                              | line 1, column
            {"type": "object", "type": "array"}                            | line 1, column 26: Duplicate field 'type'
            {} {}                                                          | Trailing token
            ``                                                             | unknown found, [object, boolean] expected
            [1]                                                            | array found, [object, boolean] expected
            """)
    void compile_mistake_isReported(String schema, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventSchema.compile(schema, false))
                .withMessageContaining(message);
    }

    @Test
    void compile_tooManyLevels_areReported() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventSchema.compile("{\"not\":".repeat(1001) + "true" + "}".repeat(1001), false))
                .withMessageStartingWith("Document nesting depth (1001) exceeds");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "none", textBlock = """
            {"b":{"c":1},"a":{"k":"né"}} | né
            {"a":{"k":" 1.10 "}}         | ` 1.10 `
            {"a":{"k":"\\ud83d\\ude00"}} | 😀
            {"a":{"k":1.10}}             | 1.10
            {"a":{"k":true,"k2":1}}      | true
            {"a":{"k":{"x" : [1, "é"]}}} | {"x":[1,"é"]}
            {"a":{"k":null}}             | none
            {"a":{"j":"x"},"k":"y"}      | none
            {"a":["k"]}                  | none
            {"a":"k"}                    | none
            [1]                          | none
            """)
    void withKey_returnsTheValueAtThePointer(String event, String key) {
        List<String> schemas = List.of(
                "true",
                "{\"properties\": {\"a\": {\"minProperties\": 0, \"properties\": {\"k\": {\"maxLength\": 9}}}}}",
                "{\"additionalProperties\": {\"title\": \"any\"}}",
                "{\"anyOf\": [true]}");
        for (String each : schemas) {
            List<String> keys = new ArrayList<>();
            EventSchema schema = EventSchema.compile(each, false).withKey("/a/k");

            assertThat(SchemaChecks.check(schema, event, found -> keys.add(new String(found, UTF_8))))
                    .isNull();
            assertThat(keys).as(each).isEqualTo(key == null ? List.of() : List.of(key));
        }
    }

    /** In UTF-8, each of these keys would be a question mark. */
    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\ud801", "\\udc00", "a\\ude00\\ud83d"})
    void withKey_stringThatUtf8CannotEncode_isAProblem(String key) {
        for (String each : List.of("true", "{\"anyOf\": [true]}")) {
            EventSchema schema = EventSchema.compile(each, false).withKey("/a~1b/k");

            assertThat(SchemaChecks.check(schema, "{\"a/b\":{\"k\":\"" + key + "\"}}"))
                    .as(each)
                    .isEqualTo(new Problem("/a~1b/k", "found an unpaired surrogate, which UTF-8 cannot encode"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"properties\": {\"k\": %s}}", "{\"allOf\": [{\"properties\": {\"k\": %s}}], \"not\": false}"})
    void withKey_checksLikeWithoutIt(String properties) {
        String ofKey = "{\"properties\": {\"x\": {\"items\": {\"minimum\": 2}}}, \"required\": [\"y\"]}";
        EventSchema schema =
                EventSchema.compile(properties.formatted(ofKey), false).withKey("/k");

        assertThat(SchemaChecks.check(schema, "{\"k\":{\"x\":[2],\"y\":1},\"z\":1}"))
                .isNull();
        assertThat(SchemaChecks.check(schema, "{\"k\":{\"x\":[2,1],\"y\":1},\"z\":1}")
                        .pointer())
                .isEqualTo("/k/x/1");
        assertThat(SchemaChecks.check(schema, "{\"k\":{\"x\":[2]},\"z\":1}").pointer())
                .isEqualTo("/k");
    }

    @Test
    void withKey_afterKeysWithCollidingNames_isReturned() {
        EventSchema schema = EventSchema.ANY.withKey("/k");
        for (String json : CollidingNames.objects()) {
            try {
                SchemaChecks.check(schema, "{\"k\":" + json + "}", key -> {});
            } catch (UncheckedIOException e) {
                assertThat(e).hasStackTraceContaining("symbol table");
            }
        }
        List<String> keys = new ArrayList<>();

        SchemaChecks.check(schema, "{\"k\":{\"country\":\"NZ\"}}", key -> keys.add(new String(key, UTF_8)));

        assertThat(keys).containsExactly("{\"country\":\"NZ\"}");
    }

    @Test
    void withKey_invalidPointer_isReported() {
        assertThatIllegalArgumentException().isThrownBy(() -> EventSchema.ANY.withKey("customer"));
    }

    @Test
    void formats_areAnnotationsUnlessRequired() {
        String schema = "{\"format\": \"date-time\"}";

        assertThat(SchemaChecks.check(EventSchema.compile(schema, false), "\"yesterday\""))
                .isNull();
        assertThat(SchemaChecks.check(EventSchema.compile(schema, true), "\"yesterday\""))
                .isEqualTo(new Problem("", "does not match the format date-time"));
        assertThat(SchemaChecks.check(EventSchema.compile(schema, true), "\"2026-11-20T12:00:00Z\""))
                .isNull();
        assertThat(SchemaChecks.check(EventSchema.compile("{\"format\": \"duration\"}", true), "\"1 day\""))
                .isNotNull();
        assertThat(SchemaChecks.check(EventSchema.compile("{\"format\": \"colour\"}", true), "\"red\""))
                .isNull();
    }

    @Test
    void shippedSchema_acceptsTheClassicEvent() throws IOException {
        EventSchema schema = EventSchema.compile(Files.readString(Path.of("schemas/select-color.json")), false);
        String event = "{\"timestamp\":\"2021-04-14T12:34:56.789+0900\",\"userAgent\":\"curl/8\","
                + "\"colorName\":\"red\",\"userName\":\"alice\"}";

        assertThat(schema.treeReason()).isEmpty();
        assertThat(SchemaChecks.check(schema, event)).isNull();
        assertThat(SchemaChecks.check(schema, event.replace("userName", "name")))
                .isEqualTo(new Problem("", "lacks userName"));
    }

    @Test
    void required_upToAndBeyond64Properties_areAllChecked() {
        for (int count : new int[] {1, 63, 64, 65}) {
            String names =
                    IntStream.range(0, count).mapToObj(i -> "\"p" + i + "\"").collect(Collectors.joining(","));
            EventSchema schema = EventSchema.compile("{\"required\":[" + names + "]}", false);
            String event = names.replace("\"p", "\"q").replaceAll("q(\\d+)\"", "p$1\":1");

            assertThat(schema.treeReason().isPresent()).isEqualTo(count == 65);
            assertThat(SchemaChecks.check(schema, "{" + event + "}")).isNull();
            assertThat(SchemaChecks.check(schema, "{" + event.replace("p" + (count - 1), "x") + "}"))
                    .isNotNull();
        }
    }

    @Test
    void required_ofSeveralSchemas_areAllChecked() {
        String names = IntStream.range(0, 40).mapToObj(i -> "\"p" + i + "\"").collect(Collectors.joining(","));
        EventSchema schema = EventSchema.compile(
                "{\"required\":[%s],\"allOf\":[{\"required\":[%s]}]}".formatted(names, names.replace("p", "q")), false);
        String event = (names + "," + names.replace("p", "q")).replaceAll("\"(\\w+)\"", "\"$1\":1");

        assertThat(schema.treeReason()).hasValue("an object of which 80 properties are required");
        assertThat(SchemaChecks.check(schema, "{" + event + "}")).isNull();
        assertThat(SchemaChecks.check(schema, "{" + event.replace("q39", "x") + "}"))
                .isNotNull();
    }

    @Test
    void recursiveSchema_checksDeepEvents() {
        EventSchema schema = EventSchema.compile("""
                {"type": "object", "properties": {"next": {"$ref": "#"}}, "additionalProperties": false}""", false);
        int depth = JsonRules.MAX_DEPTH - 1;

        assertThat(SchemaChecks.check(schema, "{\"next\":".repeat(depth) + "{}" + "}".repeat(depth)))
                .isNull();
        assertThat(SchemaChecks.check(schema, "{\"next\":".repeat(depth) + "1" + "}".repeat(depth))
                        .pointer())
                .isEqualTo("/next".repeat(depth));
    }
}
