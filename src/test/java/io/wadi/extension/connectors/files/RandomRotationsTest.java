package io.wadi.extension.connectors.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.extension.connectors.source.SourceReader.Poll;
import io.wadi.testing.Rounds;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random writes, rotations, failures and restarts, in small polls: each line is read once. */
class RandomRotationsTest {
    private static final int STEPS = 60;
    private static final long SEED = Long.getLong("test.seed", 0);

    @TempDir
    private Path parent;

    private Path directory;
    private Path file;
    private Random random;
    private FileReaders readers;
    private FileReader reader;
    private int written;
    private int names;
    private final Map<String, String> committed = new HashMap<>();
    private final Map<Integer, Integer> read = new TreeMap<>();

    @Test
    void eachLine_isReadOnce() throws IOException {
        for (long seed = SEED; seed < SEED + Rounds.of(10, 1000); seed++) {
            random = new Random(seed);
            directory = Files.createDirectory(parent.resolve("seed-" + seed));
            file = directory.resolve("app.log");
            written = 0;
            committed.clear();
            read.clear();
            start();
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            readAll();
            assertThat(read)
                    .as("times of %d lines, seed %d", written, seed)
                    .hasSize(written)
                    .allSatisfy((line, times) -> assertThat(times).isOne());
            reader.close();
            readers.close();
        }
    }

    private void step() throws IOException {
        switch (random.nextInt(10)) {
            case 0 -> rename();
            case 1 -> copyAndTruncate();
            case 2 -> copyAndDelete();
            case 3 -> remove(true);
            case 4 -> remove(false);
            case 5 -> renameRotated();
            case 6 -> fail();
            case 7 -> restart();
            case 8 -> poll(true);
            default -> append();
        }
    }

    private void append() throws IOException {
        StringBuilder lines = new StringBuilder();
        int count = 1 + random.nextInt(random.nextInt(5) == 0 ? 400 : 5);
        String padding = "-".repeat(random.nextInt(60));
        for (int i = 0; i < count; i++) {
            lines.append(written++).append(' ').append(padding).append('\n');
        }
        Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private Path newName(String prefix) {
        return directory.resolve(prefix + names++);
    }

    private void rename() throws IOException {
        append();
        Files.move(file, newName("app.log."));
    }

    private void copyAndTruncate() throws IOException {
        append();
        Files.copy(file, newName("app.log."));
        Files.write(file, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        append();
    }

    private void copyAndDelete() throws IOException {
        append();
        if (random.nextBoolean()) {
            readAll();
        } else {
            poll(true);
        }
        Files.copy(file, newName("app.log."));
        if (random.nextBoolean()) {
            poll(true);
        }
        Files.delete(file);
        append();
    }

    /** Removes the file after it was opened, maybe with unread lines. */
    private void remove(boolean isRenamed) throws IOException {
        append();
        readAll();
        if (random.nextBoolean()) {
            append();
        }
        if (isRenamed) {
            Files.move(file, newName("old."));
        } else {
            Files.delete(file);
        }
    }

    private void renameRotated() throws IOException {
        List<Path> rotated = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "app.log.*")) {
            found.forEach(rotated::add);
        }
        for (Path each : rotated) {
            Files.move(each, newName("app.log."));
        }
    }

    /** Fails after a poll, so that its lines are not committed, or loses the ownership. */
    private void fail() throws IOException {
        if (random.nextBoolean()) {
            poll(false);
        }
        reader.close();
        if (random.nextBoolean()) {
            readers.release();
        }
        next();
    }

    /** Restarts without unread lines of removed files, which would be lost. */
    private void restart() throws IOException {
        readAll();
        reader.close();
        readers.close();
        start();
    }

    private void start() {
        readers = new FileReaders(new FileReader.Plan(directory, "app.log*", null, 3, 4096), Clock.systemUTC());
        next();
    }

    private void next() {
        reader = readers.create("test");
        reader.start(committed);
    }

    private boolean poll(boolean isCommitted) throws IOException {
        Poll poll = reader.poll();
        assertThat(reader.problem()).isEmpty();
        if (isCommitted) {
            poll.records()
                    .forEach(each -> read.merge(
                            Integer.valueOf(new String(each.raw(), UTF_8).split(" ", -1)[0]), 1, Integer::sum));
            committed.putAll(poll.offsets());
        }
        return !poll.offsets().isEmpty();
    }

    /** Reads until polls are empty. A copy is continued only after a removed original was read. */
    private void readAll() throws IOException {
        int empty = 0;
        while (empty < 3) {
            empty = poll(true) ? 0 : empty + 1;
        }
    }
}
