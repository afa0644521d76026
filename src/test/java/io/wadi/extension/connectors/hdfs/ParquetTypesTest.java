package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.extension.connectors.source.PolledRecord;
import io.wadi.hdfs.InputDirectory.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Types in Parquet files of other programs, which contain no Avro schema. */
class ParquetTypesTest {
    @TempDir
    private Path directory;

    /** 2026-11-22 is the Julian day 2461367. */
    @Test
    void int96OfParquet_isATimestamp() throws IOException {
        MessageType type = MessageTypeParser.parseMessageType("message spark_schema { optional int96 at; }");
        byte[] time = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(Duration.ofHours(7).plusNanos(1000).toNanos())
                .putInt(2_461_367)
                .array();
        Group row = new SimpleGroup(type);
        row.add("at", Binary.fromConstantByteArray(time));

        assertThat(rows(row)).containsExactly("{\"at\":\"2026-11-22T07:00:00.000001Z\"}");
    }

    /** As pandas writes them; at any depth, beside other times and numbers. */
    @Test
    void nanosecondsOfParquet_areTimestamps() throws IOException {
        MessageType type = MessageTypeParser.parseMessageType("""
                message schema {
                  optional int64 at (TIMESTAMP(NANOS,true));
                  required int64 local (TIMESTAMP(NANOS,false));
                  required int64 micros (TIMESTAMP(MICROS,true));
                  required int64 number;
                  required group inner { optional int64 at (TIMESTAMP(NANOS,true)); }
                  optional group list (LIST) { repeated group list { optional int64 element (TIMESTAMP(NANOS,true)); } }
                }""");
        Group row = new SimpleGroup(type);
        row.add("at", 1_000_000_001L);
        row.add("local", -1L);
        row.add("micros", 1L);
        row.add("number", 7L);
        row.addGroup("inner").add("at", 2L);
        row.addGroup("list").addGroup("list").add("element", 3L);

        assertThat(rows(row))
                .containsExactly(
                        "{\"at\":\"1970-01-01T00:00:01.000000001Z\",\"local\":\"1969-12-31T23:59:59.999999999\","
                                + "\"micros\":\"1970-01-01T00:00:00.000001Z\",\"number\":7,"
                                + "\"inner\":{\"at\":\"1970-01-01T00:00:00.000000002Z\"},"
                                + "\"list\":[\"1970-01-01T00:00:00.000000003Z\"]}");
    }

    /** As Polars writes times, and DuckDB and pandas unsigned integers. */
    @Test
    void timesInNanoseconds_andUnsignedIntegers_areReadAsSuch() throws IOException {
        MessageType type = MessageTypeParser.parseMessageType("""
                message schema {
                  optional int64 time (TIME(NANOS,true));
                  required int32 u8 (INTEGER(8,false));
                  required int32 u32 (INTEGER(32,false));
                  optional int64 u64 (INTEGER(64,false));
                  required int64 i64 (INTEGER(64,true));
                  required group inner { optional int32 u32 (INTEGER(32,false)); }
                }""");
        Group row = new SimpleGroup(type);
        row.add("time", Duration.ofHours(7).plusNanos(1).toNanos());
        row.add("u8", 255);
        row.add("u32", (int) 3_000_000_000L);
        row.add("u64", -1L);
        row.add("i64", -1L);
        row.addGroup("inner").add("u32", 1);

        assertThat(rows(row))
                .containsExactly("{\"time\":\"07:00:00.000000001\",\"u8\":255,\"u32\":3000000000,"
                        + "\"u64\":18446744073709551615,\"i64\":-1,\"inner\":{\"u32\":1}}");
    }

    /** As Spark and DuckDB write decimals of up to 18 digits; beside numbers of types that parquet-avro supports and of others. */
    @ParameterizedTest
    @ValueSource(strings = {"INTEGER(64,true)", "INTEGER(64,false)"})
    void decimalsStoredAsIntegers_haveTheirScale(String number) throws IOException {
        MessageType type = MessageTypeParser.parseMessageType("""
                message spark_schema {
                  required int64 number (%s);
                  required int32 whole (DECIMAL(9,2));
                  optional int32 price (DECIMAL(9,2));
                  optional int64 total (DECIMAL(18,4));
                  optional fixed_len_byte_array(2) fixed (DECIMAL(4,1));
                  required group inner { optional int32 price (DECIMAL(9,2)); }
                  optional group list (LIST) { repeated group list { optional int64 element (DECIMAL(18,0)); } }
                }""".formatted(number));
        Group row = new SimpleGroup(type);
        row.add("number", 7L);
        row.add("whole", 1250);
        row.add("price", -1234);
        row.add("total", 123_456_789_012_345_678L);
        row.add("fixed", Binary.fromConstantByteArray(new byte[] {0, 15}));
        row.addGroup("inner").add("price", 100);
        row.addGroup("list").addGroup("list").add("element", 7L);

        assertThat(rows(row))
                .containsExactly("{\"number\":7,\"whole\":12.50,\"price\":-12.34,\"total\":12345678901234.5678,"
                        + "\"fixed\":1.5,\"inner\":{\"price\":1.00},\"list\":[7]}");
    }

    @Test
    void json_isText() throws IOException {
        MessageType type = MessageTypeParser.parseMessageType("""
                message duckdb_schema {
                  optional binary json (JSON);
                  required binary bytes;
                  required group inner { optional binary json (JSON); optional int32 u32 (INTEGER(32,false)); }
                  optional group list (LIST) { repeated group list { optional binary element (JSON); } }
                }""");
        Group row = new SimpleGroup(type);
        row.add("json", "{\"a\":1}");
        row.add("bytes", "{}");
        row.addGroup("inner").append("json", "[]").append("u32", -1);
        row.addGroup("list").addGroup("list").add("element", "1");

        assertThat(rows(row))
                .containsExactly("{\"json\":\"{\\\"a\\\":1}\",\"bytes\":\"e30=\","
                        + "\"inner\":{\"json\":\"[]\",\"u32\":4294967295},\"list\":[\"1\"]}");
    }

    /** As current programs write them, Hive, and older versions of parquet-avro. */
    @Test
    void lists_areArraysOfTheirElements() throws IOException {
        MessageType type = MessageTypeParser.parseMessageType("""
                message schema {
                  optional group tags (LIST) { repeated group list { optional binary element (STRING); } }
                  optional group items (LIST) { repeated group list { optional group element { optional int32 a; } } }
                  optional group hive (LIST) { repeated group bag { optional int32 array_element; } }
                  optional group avro (LIST) { repeated group array { required int32 a; } }
                }""");
        Group row = new SimpleGroup(type);
        Group tags = row.addGroup("tags");
        tags.addGroup("list").add("element", "one");
        tags.addGroup("list");
        row.addGroup("items").addGroup("list").addGroup("element").add("a", 1);
        row.addGroup("hive").addGroup("bag").add("array_element", 2);
        row.addGroup("avro").addGroup("array").add("a", 3);

        assertThat(rows(row))
                .containsExactly("{\"tags\":[\"one\",null],\"items\":[{\"a\":1}],\"hive\":[2],\"avro\":[{\"a\":3}]}");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lists_ofAFileWithAnAvroSchema_areArraysOfTheirElements(boolean isOldStructure) throws IOException {
        Schema schema = new Schema.Parser().parse("""
                {"type":"record","name":"R","fields":[
                  {"name":"tags","type":{"type":"array","items":"string"}},
                  {"name":"items","type":{"type":"array","items":
                    {"type":"record","name":"Item","fields":[{"name":"a","type":"int"}]}}}]}""");
        GenericRecord item = new GenericRecordBuilder(
                        schema.getField("items").schema().getElementType())
                .set("a", 1)
                .build();
        GenericRecord row = new GenericRecordBuilder(schema)
                .set("tags", List.of("one", "two"))
                .set("items", List.of(item))
                .build();
        PlainParquetConfiguration configuration = new PlainParquetConfiguration();
        configuration.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, isOldStructure);
        Path file = directory.resolve("x");
        try (ParquetWriter<GenericRecord> writer = AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(file))
                .withSchema(schema)
                .withConf(configuration)
                .build()) {
            writer.write(row);
        }

        assertThat(rows(file)).containsExactly("{\"tags\":[\"one\",\"two\"],\"items\":[{\"a\":1}]}");
    }

    /** Writes a file with this row, and returns its rows as they are read. */
    private List<String> rows(Group row) throws IOException {
        Path file = directory.resolve("x");
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withType((MessageType) row.getType())
                .withConf(new PlainParquetConfiguration())
                .build()) {
            writer.write(row);
        }
        return rows(file);
    }

    private static List<String> rows(Path file) throws IOException {
        Entry entry = new Entry("x.opened", 17, false, Files.size(file), Instant.EPOCH);
        try (FSDataInputStream in =
                FileSystem.getLocal(new Configuration()).open(new org.apache.hadoop.fs.Path(file.toUri()))) {
            FileFormat.Options options = new FileFormat.Options(FileFormat.PARQUET, null, 1000);
            OpenInput input = new OpenInput(entry, options, new HdfsContent(in, entry.length()), null, "/in/x");
            List<PolledRecord> records = input.next(10, Instant.EPOCH).records();
            assertThat(records).extracting(PolledRecord::rejection).containsOnlyNulls();
            return records.stream()
                    .map(record -> new String(record.raw(), UTF_8))
                    .toList();
        }
    }
}
