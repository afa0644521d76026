package io.wadi.extension.connectors.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.extension.connectors.convert.Converters;
import io.wadi.extension.connectors.convert.Json;
import io.wadi.extension.connectors.source.PolledRecord;
import io.wadi.extension.connectors.source.SourceReader.Poll;
import io.wadi.testing.AdjustableClock;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileReaderTest {
    private static final int LONGEST = 4096;

    @TempDir
    private Path directory;

    private final Map<String, String> committed = new HashMap<>();

    @AutoClose
    private FileReader reader;

    @BeforeEach
    void begin() {
        reader = new FileReader(
                new FileReader.Plan(directory, "app.log*", null, 100, LONGEST), new HashMap<>(), Clock.systemUTC());
        reader.start(Map.copyOf(committed));
    }

    /** Opens a new reader, as after a crash: lines that were read but not committed are read again. */
    private void reopen() {
        reader.close();
        begin();
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(
                directory.resolve(file),
                text,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
    }

    /** Reads all current lines. */
    private List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Poll poll = reader.poll(); !poll.offsets().isEmpty(); poll = reader.poll()) {
            poll.records().forEach(each -> lines.add(text(each)));
            committed.putAll(poll.offsets());
        }
        return lines;
    }

    @Test
    void lines_areReadOnce_andAnIncompleteLastLineIsAwaited() throws IOException {
        write("app.log", "one\ntwo\r\n\nfour");
        assertThat(lines()).containsExactly("one", "two", "");

        write("app.log", "teen\nfive\n");
        reopen();

        assertThat(lines()).containsExactly("fourteen", "five");
        assertThat(lines()).isEmpty();
    }

    /** A carriage return may also be the last byte that the writer has written so far. */
    @Test
    void lineOfMaximumLength_isRead_withAnyLineEnding() throws IOException {
        String exact = "x".repeat(LONGEST);
        write("app.log", exact + "\n" + exact + "\r");
        assertThat(lines()).containsExactly(exact);
        write("app.log", "\n" + exact + "\r\n");

        assertThat(lines()).containsExactly(exact, exact);
    }

    @Test
    void lineOfMaximumLength_isRead_ifItIsLongerThanAMebibyte() throws IOException {
        int longest = 2 << 20;
        reader.close();
        reader = new FileReader(
                new FileReader.Plan(directory, "app.log*", null, 100, longest), new HashMap<>(), Clock.systemUTC());
        reader.start(Map.of());
        write("app.log", "x".repeat(longest) + "\r\n");

        assertThat(reader.poll().records())
                .singleElement()
                .satisfies(each -> assertThat(each.rejection()).isNull());
    }

    @Test
    void renamedFile_isReadToItsEnd_thenTheNewFileOfThatName() throws IOException {
        write("app.log", "one\n");
        assertThat(lines()).containsExactly("one");
        write("app.log", "two\n");
        Files.move(directory.resolve("app.log"), directory.resolve("app.log.1"));
        write("app.log", "three\n");

        assertThat(lines()).containsExactly("two", "three");
    }

    @Test
    void fileRenamedWhileTheReaderIsClosed_isRecognized() throws IOException {
        write("app.log", "one\n");
        assertThat(lines()).containsExactly("one");
        reader.close();
        write("app.log", "two\n");
        Files.move(directory.resolve("app.log"), directory.resolve("app.log.1"));
        write("app.log", "three\n");
        begin();

        assertThat(lines()).containsExactly("two", "three");
    }

    @Test
    void copiedAndTruncatedFile_isContinuedInTheCopy_andReadFromItsBeginning() throws IOException {
        write("app.log", "one\ntwo\n");
        assertThat(lines()).containsExactly("one", "two");
        write("app.log", "three\n");
        Files.copy(directory.resolve("app.log"), directory.resolve("app.log.1"));
        assertThat(lines()).containsExactly("three");

        write("app.log", "four\n");
        Files.copy(directory.resolve("app.log"), directory.resolve("app.log.1"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(directory.resolve("app.log"), "new\n", StandardOpenOption.TRUNCATE_EXISTING);

        assertThat(lines()).containsExactlyInAnyOrder("four", "new");
        reopen();
        assertThat(lines()).isEmpty();
    }

    @Test
    void fileRenamedOutOfThePattern_isReadToItsEnd() throws IOException {
        write("app.log", "one\n");
        assertThat(lines()).containsExactly("one");
        write("app.log", "two\n");
        Files.move(directory.resolve("app.log"), directory.resolve("old.log"));
        write("app.log", "three\n");

        assertThat(lines()).containsExactly("two", "three");
    }

    @Test
    void incompleteLastLineOfADeletedFile_isLostWithAWarning() throws IOException {
        AdjustableClock clock = new AdjustableClock(Instant.now());
        reader.close();
        reader = new FileReader(new FileReader.Plan(directory, "app.log*", null, 100, LONGEST), new HashMap<>(), clock);
        reader.start(Map.of());
        write("app.log", "one\n");
        write("app.log.1", "complete\n");
        assertThat(lines()).containsExactlyInAnyOrder("one", "complete");
        write("app.log", "two");
        assertThat(lines()).isEmpty();
        Files.delete(directory.resolve("app.log"));
        Files.delete(directory.resolve("app.log.1"));
        assertThat(lines()).isEmpty();

        try (Warnings warnings = new Warnings(TailedFiles.class.getName())) {
            clock.pass(TailedFiles.LINGER.plusSeconds(1));
            assertThat(lines()).isEmpty();

            assertThat(warnings.lines())
                    .containsExactly(directory.resolve("app.log")
                            + " was removed before its end was read: its bytes after 4 are lost, unless the file"
                            + " reappears: its last line does not end");
        }
    }

    @Test
    void filesWithTheSameBeginning_areDistinguished() throws IOException {
        write("app.log", "header\none\n");
        assertThat(lines()).containsExactly("header", "one");
        write("app.log.b", "header\n");
        assertThat(lines()).isEmpty();
        write("app.log.b", "other\n");

        assertThat(lines()).containsExactly("header", "other");
    }

    /** An export of each day has the same header and oldest rows. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fileThatBeginsLikeARemovedOne_isReadFromItsBeginning(boolean isReopened) throws IOException {
        String beginning = ("x".repeat(99) + "\n").repeat(20);
        write("app.log", beginning + "a\n");
        assertThat(lines()).hasSize(21);
        Files.delete(directory.resolve("app.log"));
        assertThat(lines()).isEmpty();
        if (isReopened) {
            reopen();
        }
        write("app.log.b", beginning + "b\nc\n");

        assertThat(lines()).hasSize(22).endsWith("b", "c");
    }

    @Test
    void truncatedFileWithoutACopy_isReadFromItsBeginning() throws IOException {
        write("app.log", "a long line\n");
        assertThat(lines()).containsExactly("a long line");
        Files.writeString(directory.resolve("app.log"), "short\n", StandardOpenOption.TRUNCATE_EXISTING);

        assertThat(lines()).containsExactly("short");
    }

    @Test
    void tooLongLine_isRejectedOnce_andLaterLinesAreRead() throws IOException {
        write("app.log", "before\n" + "x".repeat(3 << 20));
        List<String> first = lines();
        assertThat(first).hasSize(2);
        assertThat(first.get(1)).startsWith("refused: the line is longer than 4096 bytes");
        reopen();
        write("app.log", "x\nafter\n");

        assertThat(lines()).containsExactly("after");
    }

    @Test
    void moreLinesThanOneReadReturns_followInOrder() throws IOException {
        StringBuilder text = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            text.append(i).append('\n');
            expected.add(Integer.toString(i));
        }
        write("app.log", text.toString());

        assertThat(lines()).isEqualTo(expected);
    }

    @Test
    void offsetsOfMissingFiles_areLimited_andTheOldestRemoved() throws IOException {
        Map<String, String> offsets = new LinkedHashMap<>();
        for (int i = 0; i < 1002; i++) {
            FileOffset offset = new FileOffset("app.log." + i, "inode" + i, 1, 1, "print", null, false);
            offsets.put("p" + (9999 - i), Json.text(offset));
        }
        reader.start(offsets);

        Poll poll = reader.poll();

        assertThat(poll.records()).isEmpty();
        assertThat(poll.offsets()).containsOnlyKeys("p9999", "p9998");
        assertThat(poll.offsets().values()).containsOnlyNulls();
    }

    @Test
    void lineThatIsNotJson_isRejected() throws IOException {
        write("app.log", "{\"a\":1}\nnone\n\0\0\0\0{\"a\":2}\n{\"a\":3}\n");
        try (FileReader json = new FileReader(
                new FileReader.Plan(directory, "app.log", Converters.of("json", ""), 100, LONGEST),
                new HashMap<>(),
                Clock.systemUTC())) {
            json.start(Map.of());

            assertThat(json.poll().records())
                    .extracting(FileReaderTest::text)
                    .satisfiesExactly(
                            good -> assertThat(good).isEqualTo("{\"a\":1}"),
                            bad -> assertThat(bad).startsWith("refused: not JSON: line 1, column"),
                            zeros -> assertThat(zeros).startsWith("refused: not JSON: "),
                            good -> assertThat(good).isEqualTo("{\"a\":3}"));
        }
    }

    /** Returns the bytes of a record, or the reason for its rejection. */
    private static String text(PolledRecord item) {
        return item.rejection() == null
                ? new String(item.raw(), UTF_8)
                : "refused: " + item.rejection().getMessage();
    }
}
