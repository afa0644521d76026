package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.extension.connectors.convert.Converters;
import io.wadi.extension.connectors.hdfs.InputFileOffset.State;
import io.wadi.extension.connectors.source.PolledRecord;
import io.wadi.hdfs.InputDirectory.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.hadoop.fs.FSDataInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of each format, read at once and in parts; each part has a reader of its own, as after a crash. */
class OpenInputTest extends OpenInputTestSupport {
    private List<String> lines(String text, int rows) throws IOException {
        offset = null;
        return texts(read(Files.writeString(directory.resolve("x"), text), RAW, rows, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void lines_areRows_withAnyLineEnding(int rows) throws IOException {
        assertThat(lines("one\ntwo\r\n\nfour", rows)).containsExactly("one", "two", "", "four");
        assertThat(offset).isEqualTo(new InputFileOffset("/in/x", 14, 14, 4, State.READ));
        assertThat(lines("one\ntwo\n", rows)).containsExactly("one", "two");
        assertThat(lines("", rows)).isEmpty();
        assertThat(lines("\n", rows)).containsExactly("");
    }

    @Test
    void lineOfMaximumLength_isRead_andLongerOnesAreRejected() throws IOException {
        String exact = "x".repeat(LONGEST);
        List<PolledRecord> records = read(
                Files.writeString(
                        directory.resolve("x"), exact + "\r\n" + exact + "x\n" + "y".repeat(300_000) + "\nend"),
                RAW,
                1,
                1);

        assertThat(records).hasSize(4);
        assertThat(records.get(0).rejection()).isNull();
        assertThat(records.get(0).raw()).hasSize(LONGEST);
        assertThat(records.get(1).rejection()).hasMessageContaining("longer than 4096 bytes (longestLine)");
        assertThat(records.get(2).rejection()).hasMessageContaining("longer than 4096 bytes (longestLine)");
        assertThat(texts(records).get(3)).isEqualTo("end");
        assertThat(offset.rows()).isEqualTo(4);
    }

    @Test
    void lineThatIsNotJson_isRejected_andOthersAreRead() throws IOException {
        List<PolledRecord> records = read(
                Files.writeString(directory.resolve("x"), "{\"n\":1}\nno\n{\"n\":2}\n"),
                options(FileFormat.LINES, Converters.of("json", "")),
                2,
                1);

        assertThat(records).extracting(record -> record.rejection() == null).containsExactly(true, false, true);
        assertThat(texts(records)).containsExactly("{\"n\":1}", "no", "{\"n\":2}");
    }

    /** The lines are long, because a poll is also limited in bytes. */
    @Test
    void reads_areLimitedInBytes() throws IOException {
        Path file = directory.resolve("x");
        Files.write(file, ("x".repeat(LONGEST - 1) + "\n").repeat(3000).getBytes(UTF_8));
        Entry entry = new Entry("x.opened", 17, false, Files.size(file), Instant.EPOCH);
        try (FSDataInputStream in = open(file)) {
            OpenInput input = new OpenInput(entry, RAW, new HdfsContent(in, entry.length()), null, "/in/x");

            assertThat(input.next(10_000, Instant.EPOCH).records()).hasSizeBetween(1000, 1100);
        }
    }

    @ParameterizedTest
    @EnumSource(value = FileFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "LINES")
    void rows_areReadAsJson_atOnceAndInParts(FileFormat format) throws IOException {
        Path file = HdfsFiles.write(format, directory.resolve("x"), 0, 100);
        List<String> expected = HdfsFiles.rows(0, 100);

        assertThat(texts(read(file, options(format, null), 1000, 1))).isEqualTo(expected);
        assertThat(offset.rows()).isEqualTo(100);
        offset = null;
        assertThat(texts(read(file, options(format, null), 7, 1))).isEqualTo(expected);
        offset = null;
        assertThat(texts(read(file, options(format, null), 7, 3))).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(
            value = FileFormat.class,
            names = {"AVRO", "PARQUET"})
    void timesAndFloats_areReadable_andNumbersThatJsonLacksAreStrings(FileFormat format) throws IOException {
        Schema schema = new Schema.Parser().parse("""
                {"type":"record","name":"R","fields":[
                  {"name":"ratio","type":"float"},{"name":"none","type":"double"},{"name":"most","type":"float"},
                  {"name":"at","type":["null",{"type":"long","logicalType":"local-timestamp-micros"}]},
                  {"name":"nanos","type":{"type":"long","logicalType":"timestamp-nanos"}},
                  {"name":"opens","type":{"type":"int","logicalType":"time-millis"}},
                  {"name":"closes","type":{"type":"long","logicalType":"time-micros"}}]}""");
        GenericRecord row = new GenericRecordBuilder(schema)
                .set("ratio", 0.1f)
                .set("none", Double.NaN)
                .set("most", Float.POSITIVE_INFINITY)
                .set("at", 1_500_000L)
                .set("nanos", -1L)
                .set("opens", 25_200_000)
                .set("closes", 61_000_001L)
                .build();

        List<PolledRecord> records =
                read(HdfsFiles.write(format, directory.resolve("x"), row), options(format, null), 10, 1);

        assertThat(texts(records))
                .containsExactly("{\"ratio\":0.1,\"none\":\"NaN\",\"most\":\"Infinity\","
                        + "\"at\":\"1970-01-01T00:00:01.500\",\"nanos\":\"1969-12-31T23:59:59.999999999Z\","
                        + "\"opens\":\"07:00\",\"closes\":\"00:01:01.000001\"}");
        assertThat(records).extracting(PolledRecord::rejection).containsOnlyNulls();
    }

    @ParameterizedTest
    @EnumSource(value = FileFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "LINES")
    void fileWithoutRows_isRead(FileFormat format) throws IOException {
        Path file = HdfsFiles.write(format, directory.resolve("x"), 0, 0);

        assertThat(read(file, options(format, null), 10, 1)).isEmpty();
        assertThat(offset.state()).isEqualTo(State.READ);
    }

    @Test
    void arrayElementsThatAreTooLongOrNotObjects_areRejected() throws IOException {
        String element = "{\"n\":1.50,\"big\":12345678901234567890.123}";
        List<PolledRecord> records = read(
                Files.writeString(
                        directory.resolve("x"),
                        "[%s, 7,\n{\"x\":\"%s\"}, [1, {\"y\": [2]}] ,%s]\n"
                                .formatted(element, "x".repeat(9000), element)),
                options(FileFormat.JSON, null),
                1,
                1);

        assertThat(records)
                .extracting(record -> record.rejection() == null)
                .containsExactly(true, false, false, false, true);
        assertThat(texts(records)).contains(element, "7", "[1,{\"y\":[2]}]");
        assertThat(texts(records).get(2)).startsWith("{\"x\":\"xxx");
        assertThat(offset.state()).isEqualTo(State.READ);
    }

    /** Jackson's default limits would make the rest of the array unreadable. */
    @Test
    void arrayElementsWithLongNumbersOrManyLevels_areRejected_andOthersAreRead() throws IOException {
        List<PolledRecord> records = read(
                Files.writeString(
                        directory.resolve("x"),
                        "[{\"n\":1},{\"n\":%s},{\"n\":%s%s},{\"n\":2}]"
                                .formatted("1".repeat(1_500), "[".repeat(1_200), "]".repeat(1_200))),
                options(FileFormat.JSON, null),
                1,
                1);

        assertThat(records).extracting(record -> record.rejection() == null).containsExactly(true, false, false, true);
        assertThat(texts(records)).startsWith("{\"n\":1}").endsWith("{\"n\":2}");
        assertThat(offset.state()).isEqualTo(State.READ);
    }

    @Test
    void byteOrderMarkBeforeTheJsonArray_isSkipped() throws IOException {
        List<PolledRecord> records = read(
                Files.writeString(directory.resolve("x"), "\uFEFF[{\"n\":1},{\"n\":2}]"),
                options(FileFormat.JSON, null),
                1,
                1);

        assertThat(texts(records)).containsExactly("{\"n\":1}", "{\"n\":2}");
        assertThat(offset.state()).isEqualTo(State.READ);
    }

    @Test
    void dataAfterTheJsonArray_isRejected() throws IOException {
        List<PolledRecord> records = read(
                Files.writeString(directory.resolve("x"), "[{\"n\":1}]\n[{\"n\":2}]"),
                options(FileFormat.JSON, null),
                10,
                1);

        assertThat(records).hasSize(2);
        assertThat(records.get(1).rejection()).hasMessageContaining("found data after the JSON array");
    }

    /** A failure of HDFS is not reported as an error of the file. */
    @ParameterizedTest
    @EnumSource(FileFormat.class)
    void failureOfHdfs_isThrown(FileFormat format) throws IOException {
        Path file = format == FileFormat.LINES
                ? Files.writeString(directory.resolve("x"), "one\n")
                : HdfsFiles.write(format, directory.resolve("x"), 0, 10);
        Entry entry = new Entry("x.opened", 17, false, Files.size(file), Instant.EPOCH);
        FSDataInputStream closed = open(file);
        closed.close();

        OpenInput input =
                new OpenInput(entry, options(format, null), new HdfsContent(closed, entry.length()), null, "/in/x");

        assertThatThrownBy(() -> input.next(10, Instant.EPOCH)).isInstanceOf(IOException.class);
        assertThat(input.offset().isFinished()).isFalse();
    }
}
