package io.wadi.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonToAvroTest {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    /** A schema with a field of each type; all fields except the first are optional. */
    private static final Schema ORDER = new Schema.Parser().parse("""
            {"type":"record","name":"Order","namespace":"x","fields":[
              {"name":"id","type":"long"},
              {"name":"count","type":"int","default":0},
              {"name":"ratio","type":"float","default":0},
              {"name":"share","type":"double","default":0},
              {"name":"paid","type":"boolean","default":false},
              {"name":"note","type":["null","string"]},
              {"name":"raw","type":"bytes","default":""},
              {"name":"hash","type":{"type":"fixed","name":"Two","size":2},"default":"ab"},
              {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["A","B"]},"default":"A"},
              {"name":"price","type":["null",{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}]},
              {"name":"fee","type":["null",{"type":"fixed","name":"Fee","size":3,"logicalType":"decimal","precision":2,"scale":2}]},
              {"name":"at","type":["null",{"type":"long","logicalType":"timestamp-millis"}]},
              {"name":"day","type":["null",{"type":"int","logicalType":"date"}]},
              {"name":"tags","type":{"type":"array","items":"string"},"default":[]},
              {"name":"of","type":{"type":"map","values":"long"},"default":{}},
              {"name":"either","type":["null","long","string","boolean",
                {"type":"record","name":"Card","fields":[{"name":"card","type":"string"}]},
                {"type":"record","name":"Cash","fields":[{"name":"cash","type":"long"}]}]}]}""");

    private static final List<String> SCALARS = List.of(
            "null",
            "true",
            "0",
            "-1",
            "1.0",
            "12.5",
            "1e3",
            "1e400",
            "1e-999999999",
            "1e999999999",
            "9223372036854775807",
            "9223372036854775808",
            "0.30000000000000000000001",
            "\"\"",
            "\"A\"",
            "\"AP8=\"",
            "\"\\ud83d\"",
            "\"NaN\"",
            "\"2026-11-22\"",
            "\"2026-11-22T07:00:00Z\"",
            "\"+1000000000-12-31T23:59:59Z\"",
            "\"-999999999-01-01\"");

    private static JsonNode json(String text) throws JsonProcessingException {
        return JSON.readTree(text);
    }

    /** Returns the value converted to Avro and back to JSON. */
    private static String roundTrip(String field, String value) throws JsonProcessingException {
        Object order = new JsonToAvro(ORDER).avro(json("{\"id\":1,\"%s\":%s}".formatted(field, value)));
        return new AvroToJson(ORDER).json(order).path(field).toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            id     | 9223372036854775807        | 9223372036854775807
            id     | 1e3                        | 1000
            count  | 1.0                        | 1
            ratio  | 0.5                        | 0.5
            ratio  | 12.3                       | 12.3
            ratio  | 0.1                        | 0.1
            share  | 0.1                        | 0.1
            paid   | true                       | true
            note   | null                       | null
            note   | "김철수 🟣"                  | "김철수 🟣"
            note   | {"string":"as Avro has it"}| "as Avro has it"
            raw    | "AP8="                     | "AP8="
            hash   | "AP8="                     | "AP8="
            kind   | "B"                        | "B"
            price  | 12.5                       | 12.50
            price  | 0                          | 0.00
            fee    | 0.07                       | 0.07
            fee    | 0                          | 0.00
            at     | "2026-11-22T08:00:00+01:00"| "2026-11-22T07:00:00Z"
            at     | 0                          | "1970-01-01T00:00:00Z"
            day    | "2026-11-22"               | "2026-11-22"
            tags   | ["a","b"]                  | ["a","b"]
            of     | {"a/b":1}                  | {"a/b":1}
            either | 5                          | 5
            either | "5"                        | "5"
            either | {"long":5}                 | 5
            either | {"cash":5}                 | {"cash":5}
            either | {"x.Cash":{"cash":5}}      | {"cash":5}
            """)
    void valueThatMatchesTheSchema_isConverted(String field, String value, String found) throws Exception {
        assertThat(roundTrip(field, value)).isEqualTo(found);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            id     | 9223372036854775808 | /id     | found a number, expected an integer from -9223372036854775808 to 9223372036854775807
            id     | 1.5                 | /id     | found a number, expected an integer from -9223372036854775808 to 9223372036854775807
            id     | null                | /id     | found null, expected an integer from -9223372036854775808 to 9223372036854775807
            count  | 2147483648          | /count  | found a number, expected an integer from -2147483648 to 2147483647
            ratio  | 1e39                | /ratio  | found a number, expected a number that a float can hold
            share  | 1e309               | /share  | found a number, expected a number that a double can hold
            share  | "0.5"               | /share  | found a string, expected a number that a double can hold
            share  | 1e1000000000        | /share  | found a number, expected a number that a double can hold
            id     | 1e1000000000        | /id     | found a number, expected an integer from -9223372036854775808 to 9223372036854775807
            paid   | "true"              | /paid   | found a string, expected a boolean
            note   | "half \\ud83d"      | /note   | found an unpaired surrogate, which UTF-8 cannot encode
            raw    | "no base64"         | /raw    | found a string, expected bytes in base64
            hash   | "AA=="              | /hash   | found a string, expected 2 bytes in base64
            kind   | "C"                 | /kind   | found a string, expected one of "A", "B"
            price  | 123.4               | /price  | found a number, expected a number of 4 digits, 2 of them after the point
            price  | 1.234               | /price  | found a number, expected a number of 4 digits, 2 of them after the point
            price  | 1e1000000000        | /price  | found a number, expected a number of 4 digits, 2 of them after the point
            price  | 1e-1000000000       | /price  | found a number, expected a number of 4 digits, 2 of them after the point
            price  | "BOI="              | /price  | found a string, expected null or a number of 4 digits, 2 of them after the point
            fee    | 1                   | /fee    | found a number, expected a number of 2 digits, 2 of them after the point
            at     | "yesterday"         | /at     | found a string, expected a time such as 2026-11-22T07:00:00.123Z, or milliseconds since 1970
            day    | "2026-02-30"        | /day    | found a string, expected a date such as 2026-11-22, or days since 1970
            tags   | ["a",1]             | /tags/1 | found a number, expected a string
            of     | {"a/b":{}}          | /of/a~1b| found an object, expected an integer from -9223372036854775808 to 9223372036854775807
            kinds  | "A"                 | /kinds  | the schema x.Order has no such field; did you mean kind?
            either | 0.5                 | /either | found a number, expected an integer from -9223372036854775808 to 9223372036854775807
            either | {"cash":"x"}        | /either/cash | found a string, expected an integer from -9223372036854775808 to 9223372036854775807
            either | {}                  | /either | found an object, expected null or an integer from -9223372036854775808 to 9223372036854775807 or a string or a boolean or an object, x.Card or an object, x.Cash
            """)
    void valueThatViolatesTheSchema_isRejectedWithItsPointer(String field, String value, String pointer, String text) {
        assertThatThrownBy(() -> roundTrip(field, value)).isInstanceOfSatisfying(AvroMismatch.class, mismatch -> {
            assertThat(mismatch.pointer()).isEqualTo(pointer);
            assertThat(mismatch.text()).isEqualTo(text);
        });
    }

    @Test
    void doubleBeyondTheLargestLong_isRejected() {
        JsonToAvro orders = new JsonToAvro(ORDER);
        double largest = Math.nextDown(0x1p63);

        assertThat(((GenericRecord) orders.avro(JSON.createObjectNode().put("id", largest))).get("id"))
                .isEqualTo((long) largest);
        assertThatThrownBy(() -> orders.avro(JSON.createObjectNode().put("id", 0x1p63)))
                .isInstanceOf(AvroMismatch.class);
        assertThatThrownBy(() -> orders.avro(JSON.createObjectNode().put("id", 0x1p63f)))
                .isInstanceOf(AvroMismatch.class);
    }

    @Test
    void missingField_isItsDefault_orNull_orRejected() throws Exception {
        Object order = new JsonToAvro(ORDER).avro(json("{\"id\":1}"));

        assertThat(new AvroToJson(ORDER).json(order).toString())
                .isEqualTo(
                        "{\"id\":1,\"count\":0,\"ratio\":0.0,\"share\":0.0,\"paid\":false,\"note\":null,\"raw\":\"\","
                                + "\"hash\":\"YWI=\",\"kind\":\"A\",\"price\":null,\"fee\":null,\"at\":null,\"day\":null,\"tags\":[],"
                                + "\"of\":{},\"either\":null}");
        assertThatThrownBy(() -> new JsonToAvro(ORDER).avro(json("{}")))
                .hasMessageStartingWith("/id: missing; the schema has no default for it, expected an integer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "[]", "null", "\"x\""})
    void valueThatIsNotAnObject_isRejected(String value) {
        assertThatThrownBy(() -> new JsonToAvro(ORDER).avro(json(value)))
                .isInstanceOf(AvroMismatch.class)
                .hasMessage("found " + value + ", expected an object, x.Order");
    }

    /** Random values from Avro's own generator, converted to JSON and back. */
    @Test
    void randomValues_roundTrip() throws Exception {
        Schema schema = new Schema.Parser().parse("""
                {"type":"record","name":"Any","fields":[
                  {"name":"a","type":"int"},{"name":"b","type":"long"},{"name":"c","type":"float"},
                  {"name":"d","type":"double"},{"name":"e","type":"boolean"},{"name":"f","type":"string"},
                  {"name":"g","type":"bytes"},{"name":"h","type":{"type":"fixed","name":"F","size":5}},
                  {"name":"i","type":{"type":"enum","name":"E","symbols":["X","Y","Z"]}},
                  {"name":"j","type":{"type":"array","items":["null","double"]}},
                  {"name":"k","type":{"type":"map","values":{"type":"array","items":"long"}}},
                  {"name":"l","type":["null","long","boolean",{"type":"array","items":"int"},
                    {"type":"record","name":"P","fields":[{"name":"p","type":"string"}]},
                    {"type":"record","name":"Q","fields":[{"name":"q","type":["null","P"]}]}]}]}""");
        int count = 0;
        for (Object value : new RandomData(schema, 2_000, 4711)) {
            JsonNode json = json(new AvroToJson(schema).json(value).toString());

            Object again = new JsonToAvro(schema).avro(json);

            assertThat(written(schema, again)).as(json.toString()).isEqualTo(written(schema, value));
            count++;
        }
        assertThat(count).isEqualTo(2_000);
    }

    /** Random JSON either round-trips through Avro or is rejected as a mismatch. */
    @Test
    void anyJson_isConvertedOrRejected() throws Exception {
        List<String> names = new ArrayList<>(List.of("x", "long", "string", "x.Cash", "a/b~"));
        ORDER.getFields().forEach(field -> names.add(field.name()));
        Random random = new Random(815);
        int written = 0;
        for (int i = 0; i < 20_000; i++) {
            ObjectNode order = JSON.createObjectNode().put("id", i);
            for (int fields = random.nextInt(3); fields >= 0; fields--) {
                order.set(names.get(random.nextInt(names.size())), anything(random, names, 3));
            }
            try {
                Object value = new JsonToAvro(ORDER).avro(order);
                byte[] bytes = written(ORDER, value);
                Object read = new GenericDatumReader<>(ORDER)
                        .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
                assertThat(new AvroToJson(ORDER).json(read))
                        .as(order.toString())
                        .isEqualTo(new AvroToJson(ORDER).json(value));
                written++;
            } catch (AvroMismatch mismatch) {
                assertThat(mismatch.pointer()).as(order.toString()).startsWith("/");
            }
        }
        assertThat(written).isBetween(500, 19_500);
    }

    private static JsonNode anything(Random random, List<String> names, int depth) throws JsonProcessingException {
        int kind = random.nextInt(depth == 0 ? 1 : 4);
        if (kind == 2) {
            ArrayNode array = JSON.createArrayNode();
            for (int i = random.nextInt(3); i > 0; i--) {
                array.add(anything(random, names, depth - 1));
            }
            return array;
        }
        if (kind == 3) {
            ObjectNode object = JSON.createObjectNode();
            for (int i = random.nextInt(3); i > 0; i--) {
                object.set(names.get(random.nextInt(names.size())), anything(random, names, depth - 1));
            }
            return object;
        }
        return json(SCALARS.get(random.nextInt(SCALARS.size())));
    }

    private static byte[] written(Schema schema, Object value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<>(schema).write(value, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    /** A search through all combinations of union branches would take 2^100 steps. */
    @Test
    void nestedUnions_areTriedOnce() throws Exception {
        Schema schema = new Schema.Parser().parse("""
                {"type":"record","name":"A","fields":[{"name":"next","type":["null","A",
                  {"type":"record","name":"B","fields":[{"name":"next","type":["null","A","B","int"]}]},"int"]}]}""");
        JsonNode json = json("{\"next\":".repeat(100) + "\"x\"" + "}".repeat(100));

        assertTimeoutPreemptively(
                Duration.ofMinutes(1),
                () -> assertThatThrownBy(() -> new JsonToAvro(schema).avro(json))
                        .isInstanceOfSatisfying(
                                AvroMismatch.class,
                                mismatch -> assertThat(mismatch.pointer()).isEqualTo("/next".repeat(100))));
    }

    private static long allocatedBytes(Schema schema, JsonNode value) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        JsonToAvro avro = new JsonToAvro(schema);
        avro.avro(value);
        long before = threads.getCurrentThreadAllocatedBytes();
        avro.avro(value);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type":"array","items":"long"}                                                    | [%s]            | 0
            {"type":"map","values":"long"}                                                     | {%s}            | "n%d":0
            {"type":"array","items":["null","long"]}                                           | [%s]            | {"long":0}
            {"type":"array","items":["int","long"]}                                            | [%s]            | 3000000000
            {"type":"array","items":{"type":"record","name":"R","fields":[{"name":"f","type":"int"}]}} | [%s] | {"f":0}
            """)
    void longName_isNotCopiedForEachNestedValue(String values, String container, String each) throws Exception {
        Schema schema = new Schema.Parser().parse("{\"type\":\"map\",\"values\":" + values + "}");
        String value = container.formatted(
                IntStream.range(0, 1_000).mapToObj(each::formatted).collect(Collectors.joining(",")));
        String longName = "x".repeat(40_000);

        long withShortName = allocatedBytes(schema, json("{\"x\":" + value + "}"));
        long withLongName = allocatedBytes(schema, json("{\"" + longName + "\":" + value + "}"));

        assertThat(withLongName).isLessThan(withShortName + 10L * longName.length());
    }

    @Test
    void mismatchInNestedValues_hasItsPointer() throws Exception {
        Schema schema = new Schema.Parser().parse("""
                {"type":"map","values":{"type":"array","items":{"type":"map","values":["null","int","string"]}}}""");

        assertThatThrownBy(() -> new JsonToAvro(schema).avro(json("{\"a/b\":[{},{\"~\":{\"int\":0.5}}]}")))
                .isInstanceOf(AvroMismatch.class)
                .hasMessage("/a~1b/1/~0/int: found 0.5, expected an integer from -2147483648 to 2147483647");
        JsonNode unpaired = JSON.createObjectNode()
                .set("a", JSON.createArrayNode().add(JSON.createObjectNode().put("\ud83d", 1)));
        assertThatThrownBy(() -> new JsonToAvro(schema).avro(unpaired))
                .isInstanceOfSatisfying(AvroMismatch.class, mismatch -> {
                    assertThat(mismatch.pointer()).isEqualTo("/a/0/\ud83d");
                    assertThat(mismatch.text()).isEqualTo("found an unpaired surrogate, which UTF-8 cannot encode");
                });
    }

    /** A value of 1 MB of which each item lacks 100 fields would exceed the heap. */
    @Test
    void moreThanAMillionMissingFields_areRejected() throws Exception {
        String field = "{\"name\":\"f%d\",\"type\":[\"null\",\"string\"],\"default\":null}";
        JsonToAvro toAvro = new JsonToAvro(new Schema.Parser()
                .parse("{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"item\",\"fields\":[%s]}}"
                        .formatted(IntStream.range(0, 100)
                                .mapToObj(field::formatted)
                                .collect(Collectors.joining(",")))));
        String most = "[" + "{},".repeat(9_999) + "{}";
        JsonNode tooMany = json(most + ",{\"f0\":\"x\"}]");

        assertThat((List<?>) toAvro.avro(json(most + "]"))).hasSize(10_000);
        assertThatThrownBy(() -> toAvro.avro(tooMany)).isInstanceOfSatisfying(AvroMismatch.class, mismatch -> {
            assertThat(mismatch.pointer()).isEqualTo("/10000");
            assertThat(mismatch.text()).isEqualTo(MissingFields.TOO_MANY);
        });
    }
}
