package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.extension.connectors.convert.Format;
import io.wadi.extension.connectors.hdfs.InputFileOffset.State;
import io.wadi.extension.connectors.source.SourceReader.Reading;
import io.wadi.extension.connectors.source.SourceRecord;
import io.wadi.hdfs.InputDirectory.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of each format, read in one go and in parts, each part by a reader of its own as after a crash. */
class OpenInputTest {
    private static final int LONGEST = 4096;
    private static final FileFormat.Options RAW = options(FileFormat.LINES, null);

    @TempDir
    private Path directory;

    private InputFileOffset offset;

    private static FileFormat.Options options(FileFormat format, Format line) {
        return new FileFormat.Options(format, line, LONGEST);
    }

    private FSDataInputStream open(Path file) throws IOException {
        return FileSystem.getLocal(new Configuration()).open(new org.apache.hadoop.fs.Path(file.toUri()));
    }

    /** All items from the offset on, in readings of some rows; a reader reads that often. */
    private List<SourceRecord> read(Path file, FileFormat.Options options, int rows, int readings) throws IOException {
        List<SourceRecord> items = new ArrayList<>();
        Entry entry = new Entry("x.opened", 17, false, Files.size(file), Instant.EPOCH);
        while (offset == null || !offset.isFinished()) {
            try (FSDataInputStream in = open(file)) {
                OpenInput input = new OpenInput(entry, options, new HdfsContent(in, entry.length()), offset, "/in/x");
                for (int i = 0; i < readings && !input.offset().isFinished(); i++) {
                    Reading reading = input.next(rows, Instant.EPOCH);
                    assertThat(reading.items().size()).isLessThanOrEqualTo(rows);
                    items.addAll(reading.items());
                    offset = InputFileOffset.of(reading.positions().get("17"));
                }
            }
        }
        return items;
    }

    private static List<String> texts(List<SourceRecord> items) {
        return items.stream().map(item -> new String(item.raw(), UTF_8)).toList();
    }

    private List<String> lines(String text, int rows) throws IOException {
        offset = null;
        return texts(read(Files.writeString(directory.resolve("x"), text), RAW, rows, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void lines_areRows_howeverTheyEnd(int rows) throws IOException {
        assertThat(lines("one\ntwo\r\n\nfour", rows)).containsExactly("one", "two", "", "four");
        assertThat(offset).isEqualTo(new InputFileOffset("/in/x", 14, 14, 4, State.READ));
        assertThat(lines("one\ntwo\n", rows)).containsExactly("one", "two");
        assertThat(lines("", rows)).isEmpty();
        assertThat(lines("\n", rows)).containsExactly("");
    }

    @Test
    void lineOfTheBuffersLength_andLonger() throws IOException {
        String exact = "x".repeat(LONGEST);
        List<SourceRecord> items = read(
                Files.writeString(
                        directory.resolve("x"), exact + "\r\n" + exact + "x\n" + "y".repeat(300_000) + "\nend"),
                RAW,
                1,
                1);

        assertThat(items).hasSize(4);
        assertThat(items.get(0).refusal()).isNull();
        assertThat(items.get(0).raw()).hasSize(LONGEST);
        assertThat(items.get(1).refusal()).hasMessageContaining("longer than 4096 bytes (longestLine)");
        assertThat(items.get(2).refusal()).hasMessageContaining("longer than 4096 bytes (longestLine)");
        assertThat(texts(items).get(3)).isEqualTo("end");
        assertThat(offset.rows()).isEqualTo(4);
    }

    @Test
    void lineThatIsNoJson_isRefused_andTheOthersAreRead() throws IOException {
        List<SourceRecord> items = read(
                Files.writeString(directory.resolve("x"), "{\"n\":1}\nno\n{\"n\":2}\n"),
                options(FileFormat.LINES, Format.of("json", "")),
                2,
                1);

        assertThat(items).extracting(item -> item.refusal() == null).containsExactly(true, false, true);
        assertThat(texts(items)).containsExactly("{\"n\":1}", "no", "{\"n\":2}");
    }

    /** Long lines: a reading is of bytes too. */
    @Test
    void readings_areOfBoundedBytes() throws IOException {
        Path file = directory.resolve("x");
        Files.write(file, ("x".repeat(LONGEST - 1) + "\n").repeat(3000).getBytes(UTF_8));
        Entry entry = new Entry("x.opened", 17, false, Files.size(file), Instant.EPOCH);
        try (FSDataInputStream in = open(file)) {
            OpenInput input = new OpenInput(entry, RAW, new HdfsContent(in, entry.length()), null, "/in/x");

            assertThat(input.next(10_000, Instant.EPOCH).items()).hasSizeBetween(1000, 1100);
        }
    }

    @ParameterizedTest
    @EnumSource(value = FileFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "LINES")
    void rows_areJson_inOneGoAndInParts(FileFormat format) throws IOException {
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
    @EnumSource(value = FileFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "LINES")
    void fileWithoutRows_isRead(FileFormat format) throws IOException {
        Path file = HdfsFiles.write(format, directory.resolve("x"), 0, 0);

        assertThat(read(file, options(format, null), 10, 1)).isEmpty();
        assertThat(offset.state()).isEqualTo(State.READ);
    }

    /** The rows before are records, and each is there once. */
    @ParameterizedTest
    @EnumSource(value = FileFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "LINES")
    void fileCutOff_isSetAside_afterTheRowsBefore(FileFormat format) throws IOException {
        Path whole = HdfsFiles.write(format, directory.resolve("whole"), 0, 20_000);
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(directory.resolve("x"), Arrays.copyOf(bytes, bytes.length - bytes.length / 4));

        List<SourceRecord> items = read(cut, options(format, null), 1000, 2);

        assertThat(offset.state()).isEqualTo(State.FAILED);
        SourceRecord last = items.get(items.size() - 1);
        assertThat(last.refusal()).hasMessageContaining("/in/x cannot be read from row " + items.size() + " on");
        assertThat(texts(items.subList(0, items.size() - 1))).isEqualTo(HdfsFiles.rows(0, items.size() - 1));
        if (format != FileFormat.PARQUET) {
            // Parquet's footer is at its end.
            assertThat(items).hasSizeGreaterThan(1000);
        }
    }

    @ParameterizedTest
    @EnumSource(value = FileFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "LINES")
    void fileOfAnotherFormat_isSetAside(FileFormat format) throws IOException {
        List<SourceRecord> items =
                read(Files.writeString(directory.resolve("x"), "a,b\n1,2\n"), options(format, null), 10, 1);

        assertThat(items).hasSize(1);
        assertThat(items.get(0).refusal()).hasMessageContaining("/in/x cannot be read from row 1 on: not a");
    }

    /** At every byte: within a header, a block and a sync marker. */
    @Test
    void avroFileCutOffAnywhere_isSetAside() throws IOException {
        byte[] bytes = Files.readAllBytes(HdfsFiles.write(FileFormat.AVRO, directory.resolve("whole"), 0, 20));
        for (int length = 0; length < bytes.length; length++) {
            offset = null;
            Path cut = Files.write(directory.resolve("x"), Arrays.copyOf(bytes, length));

            List<SourceRecord> items = read(cut, options(FileFormat.AVRO, null), 10, 3);

            // The first block begins behind the header and its sync marker.
            assertThat(offset.state())
                    .as("%d of %d bytes", length, bytes.length)
                    .isIn(State.FAILED, State.READ);
            assertThat(offset.state() == State.READ)
                    .as("%d of %d bytes", length, bytes.length)
                    .isEqualTo(items.isEmpty());
        }
    }

    /** Avro's reader would allocate them, and end the process. */
    @Test
    void avroBlockOfTooManyBytes_isSetAside() throws IOException {
        byte[] bytes = Files.readAllBytes(HdfsFiles.write(FileFormat.AVRO, directory.resolve("whole"), 0, 0));
        byte[] block = {40, (byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F, 1, 2, 3};
        Path file = Files.write(directory.resolve("x"), bytes);
        Files.write(file, block, java.nio.file.StandardOpenOption.APPEND);

        List<SourceRecord> items = read(file, options(FileFormat.AVRO, null), 10, 3);

        assertThat(items).hasSize(1);
        assertThat(items.get(0).refusal()).hasMessageContaining("found a block of 2147483647 bytes");
    }

    @Test
    void elementsThatAreNoObjects_andTooLong_areRefused() throws IOException {
        String element = "{\"n\":1.50,\"big\":12345678901234567890.123}";
        List<SourceRecord> items = read(
                Files.writeString(
                        directory.resolve("x"),
                        "[%s, 7,\n{\"x\":\"%s\"}, [1, {\"y\": [2]}] ,%s]\n"
                                .formatted(element, "x".repeat(9000), element)),
                options(FileFormat.JSON, null),
                1,
                1);

        assertThat(items).extracting(item -> item.refusal() == null).containsExactly(true, false, false, false, true);
        assertThat(texts(items)).contains(element, "7", "[1,{\"y\":[2]}]");
        assertThat(offset.state()).isEqualTo(State.READ);
    }

    @Test
    void dataAfterTheArray_isNotDroppedSilently() throws IOException {
        List<SourceRecord> items = read(
                Files.writeString(directory.resolve("x"), "[{\"n\":1}]\n[{\"n\":2}]"),
                options(FileFormat.JSON, null),
                10,
                1);

        assertThat(items).hasSize(2);
        assertThat(items.get(1).refusal()).hasMessageContaining("found data after the JSON array");
    }

    @Test
    void fileThatGotShorter_isSetAside() throws IOException {
        Path file = Files.writeString(directory.resolve("x"), "one\n");
        offset = new InputFileOffset("/in/x", 12, 8, 2, State.READING);

        List<SourceRecord> items = read(file, RAW, 10, 1);

        assertThat(items).hasSize(1);
        assertThat(items.get(0).refusal()).hasMessageContaining("has 4 bytes, and had 12");
        assertThat(offset).isEqualTo(new InputFileOffset("/in/x", 12, 8, 2, State.FAILED));
    }

    /** What HDFS fails at is no error of the file. */
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
