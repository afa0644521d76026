package io.wadi.runtime.reload;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.runtime.config.SettingsException;
import io.wadi.testing.UnreadableDirectory;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFilesTest {
    private static final String INVALID = "invalid\n";

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger rejections = new AtomicInteger();
    private final AtomicInteger loads = new AtomicInteger();

    /** Rejects files that contain only {@link #INVALID}, unless there is a file {@code permit.yaml}. */
    private Optional<String> load(SortedMap<String, String> texts) throws RejectedChangeException {
        if (texts.containsValue(INVALID) && !texts.containsKey("permit.yaml")) {
            rejections.incrementAndGet();
            throw new RejectedChangeException(List.of("it is invalid"));
        }
        return Optional.of(String.join(", ", texts.keySet()));
    }

    private double changes(String result) {
        return meters.get("changes").tag("result", result).counter().count();
    }

    @Test
    void rejectedFile_isRetriedAfterAWriteOfAnotherOne_andLoggedOnce() throws Exception {
        WatchedFiles.Options options = new WatchedFiles.Options(
                "*.yaml", "files", "changes", "rejected", Duration.ofMillis(5), Duration.ofSeconds(5));
        try (Warnings warnings = new Warnings(WatchedFiles.class.getName());
                WatchedFiles files = new WatchedFiles(options, this::load, new ReentrantLock(), meters)) {
            files.begin(directory);
            files.start();
            Path edited = Files.writeString(directory.resolve("edited.yaml"), INVALID);
            await().until(() -> changes("rejected") == 1);

            files.write("one.yaml", Optional.of("1\n"));
            await().until(() -> rejections.get() == 2);
            files.write("one.yaml", Optional.empty());
            await().until(() -> rejections.get() == 3);
            assertThat(warnings.take()).hasSize(2).endsWith("  it is invalid");
            assertThat(changes("rejected")).isEqualTo(1);

            Files.writeString(edited, INVALID);
            await().until(() -> changes("rejected") == 2);
            files.write("permit.yaml", Optional.of("2\n"));
            await().until(() -> meters.get("rejected").gauge().value() == 0);
            assertThat(warnings.take()).hasSize(2).endsWith("  it is invalid");
        }
    }

    @Test
    void directoryThatIsOpenedButCannotBeRead_isReported() throws Exception {
        WatchedFiles.Options options = new WatchedFiles.Options(
                "*.yaml", "files", "changes", "rejected", Duration.ofHours(1), Duration.ofSeconds(5));
        try (UnreadableDirectory unreadable = new UnreadableDirectory();
                WatchedFiles files = new WatchedFiles(options, this::load, new ReentrantLock(), meters)) {
            assertThatExceptionOfType(SettingsException.class)
                    .isThrownBy(() -> files.begin(unreadable.path()))
                    .withMessageContaining(unreadable.path() + " cannot be read: ");
        }
    }

    @Test
    void unreadableFile_isLoggedOnceForEachReason_andCountsAsRejected() throws Exception {
        WatchedFiles.Options options = new WatchedFiles.Options(
                "*.yaml", "files", "changes", "rejected", Duration.ofMillis(5), Duration.ofSeconds(5));
        try (Warnings warnings = new Warnings(WatchedFiles.class.getName());
                WatchedFiles files = new WatchedFiles(options, this::load, new ReentrantLock(), meters)) {
            files.begin(directory);
            files.start();
            Path edited = Files.writeString(directory.resolve("edited.yaml"), "größe\n", ISO_8859_1);
            await().until(() -> meters.get("rejected").gauge().value() == 1);

            Path other = Files.createDirectory(directory.resolve("a.yaml"));
            await().until(() -> warnings.lines().size() == 2);
            assertThat(warnings.take())
                    .allMatch(line -> line.startsWith(directory + " cannot be read; "))
                    .element(0)
                    .asString()
                    .endsWith("edited.yaml line 1: not in UTF-8; save the file in UTF-8");

            Files.delete(other);
            Files.writeString(edited, "größe\n");
            await().until(() -> meters.get("rejected").gauge().value() == 0);
            await().until(() -> changes("applied") == 1);
        }
    }

    @Test
    void writeOfTheSameContent_isNeitherLoadedNorLogged() throws Exception {
        WatchedFiles.Options options = new WatchedFiles.Options(
                "*.yaml", "files", "changes", "rejected", Duration.ofHours(1), Duration.ofSeconds(5));
        try (Warnings logged = new Warnings(WatchedFiles.class.getName(), Level.INFO);
                WatchedFiles files = new WatchedFiles(options, this::load, new ReentrantLock(), meters)) {
            files.begin(directory);
            files.write("one.yaml", Optional.of("1\n"));
            files.write("one.yaml", Optional.of("1\n"));

            assertThat(logged.take()).hasSize(1);
            assertThat(changes("applied")).isEqualTo(1);
        }
    }

    /** The first load blocks the file that it changes, and the second one, which undoes it, is rejected. */
    private Optional<String> loadOnce(SortedMap<String, String> texts) throws RejectedChangeException {
        switch (loads.incrementAndGet()) {
            case 1 -> {
                try {
                    Files.createDirectories(directory.resolve("one.yaml/blocking"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            case 2 -> throw new RejectedChangeException("the route did not start");
            default -> {}
        }
        return Optional.of("load %d: %s".formatted(loads.get(), texts.keySet()));
    }

    @Test
    void changeThatIsNeitherWrittenNorUndone_isReportedWithBothReasons_andUndoneByTheNextChecks() throws Exception {
        WatchedFiles.Options options = new WatchedFiles.Options(
                "*.yaml", "files", "changes", "rejected", Duration.ofMillis(5), Duration.ofSeconds(5));
        try (Warnings warnings = new Warnings(WatchedFiles.class.getName());
                WatchedFiles files = new WatchedFiles(options, this::loadOnce, new ReentrantLock(), meters)) {
            files.begin(directory);

            assertThatExceptionOfType(RollbackFailedException.class)
                    .isThrownBy(() -> files.write("one.yaml", Optional.of("1\n")))
                    .withMessageContaining("one.yaml")
                    .withMessageEndingWith("), and it is not undone: the route did not start")
                    .withCauseInstanceOf(IOException.class);
            assertThat(warnings.take()).hasSize(2).endsWith("  the route did not start");
            assertThat(meters.get("rejected").gauge().value()).isEqualTo(1);
            assertThat(directory).isDirectoryNotContaining("glob:**.tmp");

            Files.delete(directory.resolve("one.yaml/blocking"));
            Files.delete(directory.resolve("one.yaml"));
            files.start();
            await().until(() -> meters.get("rejected").gauge().value() == 0);
            assertThat(loads).hasValue(3);
        }
    }
}
