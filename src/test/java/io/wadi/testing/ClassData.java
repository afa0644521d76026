package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.local.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The class data sharing (CDS) archive of the libraries' classes, which the JVMs that tests start map into memory. The
 * first JVM that needs it creates it from the classes that a {@link ClassDataRehearsal} loads, once for each Java
 * version and each set of libraries, in {@code ~/.cache/wadi/class-data}, which a clean build keeps. The {@value #KEPT}
 * newest archives are kept. JVMs start without an archive if it does not match or cannot be created.
 */
final class ClassData {
    private static final Path DIRECTORY = cache().resolve("wadi").resolve("class-data");
    private static final int KEPT = 4;

    private ClassData() {}

    private static Path cache() {
        String given = System.getenv("XDG_CACHE_HOME");
        return given == null || given.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(given);
    }

    /** Returns the JVM options that use the archive; none if there is no archive. */
    static List<String> options() {
        return Holder.OPTIONS;
    }

    private static final class Holder {
        static final List<String> OPTIONS = find();

        private static List<String> find() {
            try {
                Path archive = DIRECTORY.resolve(name() + ".jsa");
                makeOnce(archive);
                // Without -Xlog:disable, a JVM prints warnings into the output that tests read.
                return List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable");
            } catch (IOException e) {
                System.err.println("JVMs of tests start without class data: " + e);
                return List.of();
            }
        }
    }

    /**
     * Returns a name that differs for each Java and each set of libraries; the JVM also compares their times and sizes.
     */
    private static String name() throws IOException {
        StringBuilder all = new StringBuilder(System.getProperty("java.home"))
                .append(Runtime.version())
                .append(classPath());
        for (String library : ChildJvm.libraries()) {
            Path file = Path.of(library);
            all.append(Files.getLastModifiedTime(file)).append(Files.size(file));
        }
        return "java-" + Runtime.version().feature() + "-"
                + UUID.nameUUIDFromBytes(all.toString().getBytes(UTF_8));
    }

    private static String classPath() {
        return String.join(File.pathSeparator, ChildJvm.libraries());
    }

    /** Creates the archive. JVMs of one test run call this concurrently; all but one wait. */
    private static void makeOnce(Path archive) throws IOException {
        if (Files.exists(archive)) {
            return;
        }
        Files.createDirectories(DIRECTORY);
        try (FileChannel channel = FileChannel.open(
                        DIRECTORY.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && Files.notExists(archive)) {
                make(archive);
            }
        }
    }

    private static void make(Path archive) throws IOException {
        Path work = Files.createTempDirectory(DIRECTORY, "making-");
        Path classes = work.resolve("classes");
        Path log = DIRECTORY.resolve("log");
        Files.deleteIfExists(log);
        run(
                ChildJvm.plain(
                        ClassDataRehearsal.class.getName(),
                        List.of("-Xmx512m", "-XX:DumpLoadedClassList=" + classes),
                        List.of(work.toString())),
                log);
        // Wadi's own classes are in directories, which an archive cannot contain, and they change.
        try (Stream<String> lines = Files.lines(classes)) {
            Files.write(
                    work.resolve("libraries"),
                    lines.filter(line -> !line.contains("io/wadi/")).toList());
        }
        Path made = work.resolve("made");
        List<String> dump = ChildJvm.jvm();
        dump.addAll(List.of(
                "-Xshare:dump",
                "-XX:SharedClassListFile=" + work.resolve("libraries"),
                "-XX:SharedArchiveFile=" + made,
                "-cp",
                classPath()));
        run(dump, log);
        Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
        TestServers.delete(work);
        deleteOldest();
    }

    private static void deleteOldest() throws IOException {
        List<Path> archives;
        try (Stream<Path> found = Files.list(DIRECTORY)) {
            archives = found.filter(file -> file.toString().endsWith(".jsa"))
                    .sorted(Comparator.comparingLong(file -> -file.toFile().lastModified()))
                    .toList();
        }
        for (Path each : archives.subList(Math.min(KEPT, archives.size()), archives.size())) {
            Files.deleteIfExists(each);
        }
    }

    private static void run(List<String> command, Path log) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            if (!process.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException(
                        "it was not made within " + ChildJvm.START_TIMEOUT.toSeconds() + " s, see " + log);
            }
            if (process.exitValue() != 0) {
                throw new IOException("making it ended with code " + process.exitValue() + ", see " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it was made", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
