package io.wadi.extension.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.extension.connectors.sink.InMemoryGroup;
import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.local.ChildJvm;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.OtherLocale;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSinkTest {
    private InMemoryGroup group = new InMemoryGroup(Committed.NONE);

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void path() {
        file = fileOf("a");
    }

    private Path fileOf(String machine) {
        return directory.resolve(machine).resolve("events+0.jsonl");
    }

    private FileSink open(Path path, RecordBatch first) {
        String pattern = path.toString().replace("+0", "+{partition}");
        return FileSink.open(
                first,
                "route",
                new DeadLetterSender("dead", Producers::inMemory),
                new FileSinkOptions(pattern, null, null));
    }

    /** Writes and commits, like a member that owns the partition for a while. */
    private void write(Path path, long first, String... values) {
        RecordBatch batch = group.batch(first, values);
        FileSink sink = open(path, batch);
        InMemoryGroup.append(sink, batch);
        sink.finish();
    }

    /** Writes without a commit, like a member that is killed. */
    private void writeUncommitted(Path path, long first, String... values) {
        RecordBatch batch = group.batch(first, values);
        FileSink sink = open(path, batch);
        InMemoryGroup.append(sink, batch);
        sink.abandon();
    }

    @Test
    void linesBeyondTheCommittedLength_areTruncated() throws Exception {
        write(file, 0, "one", "two");
        writeUncommitted(file, 2, "three", "four");

        write(file, 2, "three");

        assertThat(Files.readAllLines(file)).containsExactly("one", "two", "three");
    }

    @Test
    void linesBeyondTheCommittedLength_areTruncatedInAnyLocale() throws Exception {
        OtherLocale.run(OtherLocale.OTHER_DIGITS, () -> {
            linesBeyondTheCommittedLength_areTruncated();
        });
    }

    @Test
    void partitionReassignedFromAnotherHost_keepsItsCommittedLines() throws Exception {
        Path other = fileOf("b");
        write(file, 0, "one", "two", "three", "four");
        write(other, 4, "5");

        write(file, 5, "six");
        writeUncommitted(file, 6, "seven");
        write(file, 6, "seven");

        assertThat(Files.readAllLines(file)).containsExactly("one", "two", "three", "four", "six", "seven");
        assertThat(Files.readAllLines(other)).containsExactly("5");
    }

    @Test
    void restoredOlderFile_keepsItsLines() throws Exception {
        write(file, 0, "one", "two", "three");
        Path moved = Files.move(file, directory.resolve("moved"));
        write(file, 3, "4");
        Files.move(moved, file, StandardCopyOption.REPLACE_EXISTING);

        write(file, 4, "five");

        assertThat(Files.readAllLines(file)).containsExactly("one", "two", "three", "five");
    }

    @Test
    void truncatedFile_isAppendedTo() throws Exception {
        write(file, 0, "one", "two");
        Files.write(file, new byte[0]);
        writeUncommitted(file, 2, "three");

        write(file, 2, "three");

        assertThat(Files.readAllLines(file)).containsExactly("three");
    }

    /** Otherwise lines would be committed that only the deleted file has. */
    @Test
    void fileDeletedWhileOpen_isNotWrittenTo() throws Exception {
        RecordBatch first = group.batch(0, "one");
        FileSink sink = open(file, first);
        InMemoryGroup.append(sink, first);
        Files.delete(file);

        assertFails(sink, group.batch(1, "two"), "was deleted or renamed");

        write(file, 1, "two");
        assertThat(Files.readAllLines(file)).containsExactly("two");
    }

    @Test
    void linesOfAFileThatIsRenamedBeforeTheirCommit_areWrittenAgain() throws Exception {
        FileSink sink = open(file, group.batch(0, "0"));
        int lines = 0;
        do { // A commit, which is due once a second, may follow a line at once.
            InMemoryGroup.append(sink, group.batch(lines, String.valueOf(lines)));
            lines++;
        } while (sink.safe() == sink.position());
        Path renamed = Files.move(file, file.resolveSibling("renamed"));

        assertThatThrownBy(sink::finish)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file + ": the open file was deleted or renamed");

        long committed = sink.safe();
        for (long each = committed; each < lines; each++) {
            write(file, each, String.valueOf(each));
        }
        assertThat(Files.readAllLines(renamed)).hasSize(lines);
        assertThat(Files.readAllLines(file)).hasSize((int) (lines - committed)).endsWith(String.valueOf(lines - 1));
    }

    /** Otherwise the next line would follow a hole of zero bytes. */
    @Test
    void fileTruncatedWhileOpen_hasNoHole() throws Exception {
        RecordBatch first = group.batch(0, "one");
        FileSink sink = open(file, first);
        InMemoryGroup.append(sink, first);
        Files.write(file, new byte[0]);

        assertFails(sink, group.batch(1, "two"), "was truncated from 4 to 0 bytes");

        write(file, 1, "two");
        assertThat(Files.readAllLines(file)).containsExactly("two");
    }

    private static void assertFails(FileSink sink, RecordBatch batch, String reason) {
        assertThatThrownBy(() -> InMemoryGroup.append(sink, batch))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(reason);
        sink.abandon();
    }

    /** Partitions of several topics without {topic} in the path, or two groups in turn. */
    @Test
    void fileOfTwoWriters_keepsTheCommittedLinesOfBoth() throws Exception {
        InMemoryGroup one = group;
        InMemoryGroup other = new InMemoryGroup(Committed.NONE);
        write(file, 0, "one");
        group = other;
        write(file, 0, "two");
        group = one;

        write(file, 1, "three");
        writeUncommitted(file, 2, "four");
        write(file, 2, "four");

        assertThat(Files.readAllLines(file)).containsExactly("one", "two", "three", "four");
        group = other;
        writeUncommitted(file, 1, "five");
        write(file, 1, "five");
        assertThat(Files.readAllLines(file)).containsExactly("one", "two", "three", "four", "five");
    }

    /** Earlier versions committed the length without identifying the file. */
    @Test
    void committedLengthWithoutAFile_truncatesNothing_andTerminatesTheIncompleteLine() throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "one\ntwo\nthr");
        group.commit(new Committed(1, "length=4"));

        write(file, 1, "two", "three");

        assertThat(Files.readAllLines(file)).containsExactly("one", "two", "thr", "two", "three");
        assertThat(group.commits().get(1).note()).startsWith("length=12 file=");
    }

    @Test
    void lock_isKeptWhenOtherChannelsOfTheProcessClose() throws Exception {
        RecordBatch batch = group.batch(0, "one");
        FileSink sink = open(file, batch);
        assertThatThrownBy(() -> open(file, batch))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage(file + ": another route or partition of this process is writing it; this one continues once"
                        + " that stops (several topics need {topic} in the path)");
        FileChannel.open(file).close();
        FileReaders readers =
                new FileReaders(new FileReader.Plan(file.getParent(), "*", null, 10, 100), Clock.systemUTC());
        FileReader reader = readers.create("test");
        InMemoryGroup.append(sink, batch);
        assertThat(reader.poll().records()).hasSize(1);
        reader.close();
        readers.close();

        assertThat(lockInAnotherProcess()).isEqualTo("locked");

        sink.finish();
        assertThat(lockInAnotherProcess()).isEqualTo("free");
        open(file, group.batch(1, "two")).abandon();
    }

    private String lockInAnotherProcess() throws IOException, InterruptedException {
        return CommandProcess.end(new ProcessBuilder(
                        ChildJvm.command(TryLock.class.getName(), List.of(), List.of(file.toString()))))
                .out()
                .strip();
    }

    /** Acquires the lock in another process. */
    static final class TryLock {
        private TryLock() {}

        public static void main(String[] arguments) throws IOException {
            Path path = Path.of(arguments[0]);
            try (OutputLock lock = OutputLock.of(path)) {
                System.out.println(lock.id().isEmpty() ? "no id" : "free");
            } catch (IOException e) {
                System.out.println("locked");
            }
        }
    }
}
