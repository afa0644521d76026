package io.wadi.extension.connectors.convert;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvertersTest extends ConverterTestSupport {
    private static final String OLD = """
            {"type":"record","name":"Order","fields":[{"name":"id","type":"long"}]}""";
    private static final String NEW = """
            {"type":"record","name":"Order","fields":[
              {"name":"id","type":"long"},
              {"name":"buyer","type":["null","string"],"default":null},
              {"name":"price","type":["null",{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}],"default":null},
              {"name":"at","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},
              {"name":"day","type":["null",{"type":"int","logicalType":"date"}],"default":null},
              {"name":"tags","type":{"type":"array","items":"string"},"default":[]},
              {"name":"of","type":["null",{"type":"map","values":"double"}],"default":null},
              {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["A","B"]},"default":"A"}]}""";

    @TempDir
    private Path directory;

    private Converter avro;

    @BeforeEach
    void writeSchemas() throws IOException {
        Path newer = Files.writeString(directory.resolve("new.avsc"), NEW);
        Path older = Files.writeString(directory.resolve("old.avsc"), OLD);
        avro = Converters.of("avro", newer + "," + older);
    }

    @Test
    void avro_roundTripKeepsEachType() {
        String record = """
                {"id":1,"buyer":"ann","price":12.50,"at":"2026-11-22T07:00:00.123Z","day":"2026-11-22","tags":["a"],\
                "of":{"x":0.5},"kind":"B"}""";

        byte[] written = write(avro, fields(record));

        assertThat(json(avro.toConnectData("orders", written))).isEqualTo(record);
    }

    @Test
    void avroOfAnOlderSchema_isReadWithTheNewerSchema() throws IOException {
        Schema old = new Schema.Parser().parse(OLD);
        byte[] written = Utils.toArray(new BinaryMessageEncoder<>(GenericData.get(), old)
                .encode(new GenericRecordBuilder(old).set("id", 5L).build()));

        assertThat(json(avro.toConnectData("orders", written)))
                .isEqualTo(
                        "{\"id\":5,\"buyer\":null,\"price\":null,\"at\":null,\"day\":null,\"tags\":[],\"of\":null,\"kind\":\"A\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"id":"x"}              | /id: found "x", expected an integer from -9223372036854775808 to 9223372036854775807
            {"buyer":"ann"}         | /id: missing; the schema has no default for it, expected an integer from -9223372036854775808 to 9223372036854775807
            {"id":1,"color":"red"}  | /color: the schema Order has no such field
            {"id":1,"price":1.234}  | /price: found 1.234, expected a number of 9 digits, 2 of them after the point
            {"id":1,"kind":"C"}     | /kind: found "C", expected one of "A", "B"
            """)
    void recordThatViolatesTheSchema_isRejected(String record, String message) {
        assertThatThrownBy(() -> write(avro, fields(record)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void bytesThatAreNotAvro_areRejected() {
        assertNotAvro(avro, new byte[] {0, 0, 0, 0, 1, 2});
        assertNotAvro(avro, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        assertNotAvro(avro, new byte[] {(byte) 0xC3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2});
        assertNotAvro(avro, new byte[] {(byte) 0xC3, 1});
        assertNotAvro(avro, new byte[0]);
        byte[] record = write(avro, fields("{\"id\":1}"));
        assertNotAvro(avro, Arrays.copyOf(record, record.length + 1));
    }

    @Test
    void fieldsAtTheEndThatTheSchemaLacks_areSkipped() {
        Converter older = Converters.of("avro", directory.resolve("old.avsc") + "," + directory.resolve("new.avsc"));
        byte[] record = write(avro, fields("""
                {"id":1,"buyer":"ann","price":12.50,"tags":["a","b"],"of":{"x":0.5},"kind":"B"}"""));

        assertThat(json(older.toConnectData("orders", record))).isEqualTo("{\"id\":1}");
        assertNotAvro(older, Arrays.copyOf(record, record.length + 1));
    }

    /** Avro's stream reader would allocate as many bytes as the record declares, which would end the process. */
    @ParameterizedTest
    @ValueSource(longs = {2_147_483_639, 2_147_483_640, Long.MAX_VALUE, -1})
    void avroText_longerThanTheRecord_isRejected(long length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(write(avro, fields("{\"id\":1}")), 0, 10);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        encoder.writeLong(1);
        encoder.writeIndex(1);
        encoder.writeLong(length);

        assertNotAvro(avro, bytes.toByteArray());
    }

    @Test
    void deeplyNestedAvro_isRejected() throws IOException {
        Path schema = Files.writeString(directory.resolve("nested.avsc"), """
                {"type":"record","name":"N","fields":[{"name":"n","type":["null","N"],"default":null}]}""");
        Converter nested = Converters.of("avro", schema.toString());
        byte[] shallow = write(nested, fields("{}"));
        byte[] deep = new byte[10 + 200_000];
        Arrays.fill(deep, (byte) 2);
        System.arraycopy(shallow, 0, deep, 0, 10);
        deep[deep.length - 1] = 0;

        assertNotAvro(nested, deep);
    }

    private static void assertNotAvro(Converter converter, byte[] bytes) {
        assertThatThrownBy(() -> converter.toConnectData("orders", bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not Avro of a known schema, in its single-object encoding: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            json        | [1]         | found another JSON value, expected a JSON object
            json        | ``          | found nothing, expected JSON
            json-schema | {"a":1}     | expected {"schema":…,"payload":{…}} (json-schema); for JSON without a schema use json
            """)
    void invalidBytesOfEachFormat_areRejected(String format, String bytes, String message) {
        assertThatThrownBy(() -> read(Converters.of(format, ""), bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    /** The first four bytes resemble UTF-32 in one of its byte orders. */
    @ParameterizedTest
    @ValueSource(strings = {"{\0\0\0aaaa", "\0{\0\0", "\0\0\0\0{\"a\":1}"})
    void bytesThatLookLikeUtf32_areRejected(String bytes) {
        for (String format : List.of("json", "json-schema")) {
            assertThatThrownBy(() -> read(Converters.of(format, ""), bytes))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("not JSON: ");
        }
    }

    @Test
    void stringFormat_hasOneField() {
        Converter string = Converters.of("string", "");

        assertThat(json(read(string, "a\"b"))).isEqualTo("{\"value\":\"a\\\"b\"}");
        assertThat(write(string, fields("{\"x\":7}"))).isEqualTo("7".getBytes(UTF_8));
        assertThat(write(string, fields("{\"x\":1e9}"))).isEqualTo("1000000000".getBytes(UTF_8));
        assertThatThrownBy(() -> write(string, fields("{\"a\":1,\"b\":2}")))
                .hasMessage("string has one field, this record has 2: a, b; drop the others, or use json");
    }

    /** As of a column of a table. It would be the same as the text "null". */
    @Test
    void stringFormat_rejectsNull() {
        assertThatThrownBy(() -> write(Converters.of("string", ""), fields("{\"x\":null}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the field x is null, which string cannot represent");
    }

    @Test
    void stringWithAnUnpairedSurrogate_isRejected() {
        Converter string = Converters.of("string", "");

        assertThat(string.fromConnectData("t", null, "\ud83d\udc2a")).isEqualTo("\ud83d\udc2a".getBytes(UTF_8));
        assertThatThrownBy(() -> string.fromConnectData("t", null, "a\ud800"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the value has an unpaired surrogate, which UTF-8 cannot encode");
    }

    /** Otherwise the bytes would be replaced by U+FFFD, and lost. */
    @Test
    void stringThatIsNotUtf8_isRejected() {
        assertThatThrownBy(() -> Converters.of("string", "").toConnectData("log", "caf\u00e9".getBytes(ISO_8859_1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not UTF-8, which string requires: ");
    }

    /** As after transformations, or of columns of a table. */
    @Test
    void doublesAndFloats_areWrittenWithoutExponent_asDecimalsAre() {
        SchemaAndValue row = new SchemaAndValue(
                null, Map.of("d", List.of(12345678.5, 1e9, 5.0, 0.00001, -1e30, 1e31), "f", List.of(1e9f, 0.1f)));

        assertThat(Json.tree(write(Converters.of("json", ""), row))).isEqualTo(Json.tree("""
                        {"d":[12345678.5,1000000000,5.0,0.00001,-1000000000000000000000000000000,1E+31],
                        "f":[1000000000,0.1]}""".getBytes(UTF_8)));
    }

    @Test
    void unknownFormat_isRejected() {
        assertThatThrownBy(() -> Converters.of("xml", ""))
                .hasMessage("unknown format xml: expected json, json-schema, avro or string");
        assertThatThrownBy(() -> Converters.of("avro", ""))
                .hasMessage("avro needs a schema: a file such as schemas/orders.avsc");
    }

    @Test
    void schemaInAnotherEncoding_isRejected() throws Exception {
        Path schema = Files.writeString(directory.resolve("a.avsc"), "{\"doc\":\"größer\"}", ISO_8859_1);

        assertThatThrownBy(() -> Converters.of("avro", schema.toString()))
                .hasMessage("the schema " + schema + " line 1: not in UTF-8; save the file in UTF-8");
    }

    @Test
    void numbersWithLargeExponents_areWrittenInScientificNotation() {
        String record = "{\"a\":[" + "1e9999,".repeat(1000) + "1e-9999]}";

        String written = json(fields(record));

        assertThat(written).hasSizeLessThan(2 * record.length()).contains("1E+9999", "1E-9999");
        assertThat(fields(written)).isEqualTo(fields(record));
    }

    @ParameterizedTest
    @CsvSource({
        "1e30, 1000000000000000000000000000000",
        "1e31, 1E+31",
        "12.50, 12.50",
        "1.5e3, 1500",
        "1e-30, 0.000000000000000000000000000001",
        "1e-32, 1E-32",
        "0.1234567890123456789012345678901234567890, 0.1234567890123456789012345678901234567890"
    })
    void numbersOfSmallExponents_areWrittenWithoutExponent(String number, String expected) {
        assertThat(json(fields("{\"n\":" + number + "}"))).isEqualTo("{\"n\":" + expected + "}");
    }
}
