package io.wadi.extension.connectors.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wadi.extension.connectors.source.SourceReader.Poll;
import io.wadi.testing.AdjustableClock;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that stay open, are not open, or cannot be opened. */
class FileReadersTest {
    /** A file of sysfs that no user can read. */
    private static final Path UNREADABLE = Path.of("/sys/bus/cpu/drivers_probe");

    @TempDir
    private Path directory;

    private final AdjustableClock clock = new AdjustableClock(Instant.now());
    private final Map<String, String> committed = new HashMap<>();

    @AutoClose
    private FileReaders readers;

    @AutoClose
    private FileReader reader;

    @BeforeEach
    void begin() {
        readers = readers();
        next();
    }

    private FileReaders readers() {
        return new FileReaders(new FileReader.Plan(directory, "app.log*", null, 100, 4096), clock);
    }

    private void next() {
        reader = readers.create("test");
        reader.start(Map.copyOf(committed));
    }

    /** Closes the reader and creates the next one, as after a failure. */
    private void fail() {
        reader.close();
        next();
    }

    private Path write(String file, String text) throws IOException {
        return Files.writeString(
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
            poll.records().forEach(each -> lines.add(new String(each.raw(), UTF_8)));
            committed.putAll(poll.offsets());
        }
        return lines;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fileRemovedBeforeAFailure_isReadToItsEndByTheNextReader(boolean isRenamed) throws IOException {
        Path file = write("app.log", "one\n");
        assertThat(lines()).containsExactly("one");
        write("app.log", "two\n");
        if (isRenamed) {
            Files.move(file, directory.resolve("old.log"));
        } else {
            Files.delete(file);
        }
        fail();
        write("app.log", "three\n");

        assertThat(lines()).containsExactly("two", "three");
        fail();
        assertThat(lines()).isEmpty();
    }

    @Test
    void removedFileWithoutCommittedOffset_isReadFromItsBeginningAfterAFailure() throws IOException {
        Path file = write("app.log", "one\n");
        assertThat(reader.poll().records()).hasSize(1);
        Files.delete(file);
        reader.close();
        readers.release();
        next();

        assertThat(lines()).containsExactly("one");
    }

    @Test
    void fileRemovedDuringARebalance_isReadToItsEnd() throws IOException {
        Path file = write("app.log", "one\n");
        assertThat(lines()).containsExactly("one");
        reader.close();
        write("app.log", "two\n");
        Files.delete(file);
        next();

        assertThat(lines()).containsExactly("two");
    }

    @Test
    void afterATakeover_onlyRemovedFilesWithUnreadLinesRemainOpen() throws IOException {
        Path removed = write("app.log.1", "one\n");
        write("app.log.2", "two\n");
        Path read = write("app.log.3", "three\n");
        assertThat(lines()).hasSize(3);
        write("app.log.1", "four\n");
        Files.delete(removed);
        Files.delete(read);
        reader.close();
        assertThat(openFiles()).isEqualTo(3);

        readers.release();
        assertThat(openFiles()).isOne();
        write("app.log.2", "five\n");
        try (FileReaders others = readers();
                FileReader other = others.create("test")) {
            other.start(committed);
            committed.putAll(other.poll().offsets());
        }
        next();
        assertThat(lines()).containsExactly("four");

        reader.close();
        readers.close();
        assertThat(openFiles()).isZero();
    }

    @Test
    void removedFileThatIsStillWritten_isReadUntilItsWriterHasBeenIdle() throws IOException {
        Path file = write("app.log", "one\n");
        assertThat(lines()).containsExactly("one");
        try (var writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND)) {
            Files.delete(file);
            assertThat(lines()).isEmpty();
            clock.pass(TailedFiles.LINGER);
            writer.write("two\n");
            writer.flush();
            assertThat(lines()).containsExactly("two");
        }
        clock.pass(TailedFiles.LINGER.plus(Duration.ofMillis(1)));
        assertThat(lines()).isEmpty();
        assertThat(openFiles()).isZero();
    }

    @Test
    void copyOfAFileThatIsThenDeleted_isContinued() throws IOException {
        Path file = write("app.log", "one\n");
        assertThat(lines()).containsExactly("one");
        write("app.log", "two\n");
        Files.copy(file, directory.resolve("app.log.1"));
        Files.delete(file);
        assertThat(lines()).containsExactly("two");

        write("app.log.1", "three\n");
        assertThat(lines()).containsExactly("three");
        fail();
        assertThat(lines()).isEmpty();
    }

    @Test
    void fileThatCannotBeRead_isReportedAndRetried_whileOthersAreRead() throws IOException {
        Path loop = Files.createSymbolicLink(directory.resolve("app.log.1"), Path.of("app.log.1"));
        write("app.log", "one\n");
        assertThat(lines()).containsExactly("one");
        assertThat(reader.problem())
                .hasValueSatisfying(problem -> assertThat(problem)
                        .startsWith(loop + " cannot be read: FileSystemException: " + loop)
                        .doesNotContain("others"));

        Files.delete(loop);
        write("app.log.1", "zero\n");
        assertThat(lines()).containsExactly("zero");
        assertThat(reader.problem()).isEmpty();
    }

    @Test
    void fileThatCannotBeOpened_isReportedAndRetried_whileOthersAreRead() throws IOException {
        assumeThat(UNREADABLE).isRegularFile();
        Path link = Files.createSymbolicLink(directory.resolve("app.log.1"), UNREADABLE);
        write("app.log", "one\n");
        assertThat(lines()).containsExactly("one");
        assertThat(reader.problem()).hasValue(link + " cannot be read: AccessDeniedException: " + link);

        Files.delete(link);
        write("app.log", "two\n");
        assertThat(lines()).containsExactly("two");
        assertThat(reader.problem()).isEmpty();
    }

    @Test
    void moreFilesThanCanBeOpen_areAllRead_andContinuedAfterRenames() throws IOException {
        int files = OpenFiles.MAX + 50;
        List<String> first = new ArrayList<>();
        List<String> second = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            write("app.log." + i, "first %d\n".formatted(i));
            first.add("first " + i);
        }
        assertThat(lines()).containsExactlyInAnyOrderElementsOf(first);
        assertThat(openFiles()).isEqualTo(OpenFiles.MAX);

        for (int i = 0; i < files; i++) {
            write("app.log." + i, "second %d\n".formatted(i));
            Files.move(directory.resolve("app.log." + i), directory.resolve("app.log.old." + i));
            second.add("second " + i);
        }
        assertThat(lines()).containsExactlyInAnyOrderElementsOf(second);
        assertThat(openFiles()).isEqualTo(OpenFiles.MAX);
        fail();
        assertThat(lines()).isEmpty();
        assertThat(openFiles()).isEqualTo(OpenFiles.MAX);
    }

    @Test
    void unchangedFilesAndCopies_areNotReadAgain() throws IOException {
        Path file = write("app.log", ("x".repeat(4095) + "\n").repeat(4096));
        assertThat(lines()).hasSize(4096);
        Files.copy(file, directory.resolve("app.log.1"));
        assertThat(lines()).isEmpty();

        long before = readBytes();
        for (int i = 0; i < 10; i++) {
            assertThat(lines()).isEmpty();
        }
        assertThat(readBytes() - before).isLessThan(Files.size(file));

        write("app.log", "one\n");
        write("app.log.1", "one\n");
        before = readBytes();
        assertThat(lines()).containsExactly("one");
        assertThat(readBytes() - before).isLessThan(Files.size(file));
    }

    /** Returns the number of bytes that this process has read from files. */
    private static long readBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/io")).stream()
                .filter(line -> line.startsWith("rchar: "))
                .mapToLong(line -> Long.parseLong(line.substring("rchar: ".length())))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the number of files of the directory that this process has open. */
    private long openFiles() throws IOException {
        long open = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : all) {
                try {
                    if (Files.readSymbolicLink(each).startsWith(directory)) {
                        open++;
                    }
                } catch (NoSuchFileException e) {
                    // It was closed meanwhile.
                }
            }
        }
        return open;
    }
}
