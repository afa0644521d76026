package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildProcess;
import io.wadi.local.Ports;
import io.wadi.local.Signal;
import io.wadi.local.Unprivileged;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of one test class, from the machine's package. It runs without root, with its data below
 * {@code target}, and can be killed and restarted with the same data.
 */
public final class OwnPostgres implements AutoCloseable {
    private static final Path DEBIANS = Path.of("/usr/lib/postgresql");

    private final Path programs;
    private final Path directory;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final int port = Ports.free();
    private ChildProcess process;

    private OwnPostgres(Path programs, Path directory) {
        this.programs = programs;
        this.directory = directory;
    }

    /** Returns whether PostgreSQL is installed; tests are skipped if it is not. */
    public static boolean isInstalled() {
        return programs().isPresent();
    }

    /** Returns the directory with the programs of the newest version. */
    private static Optional<Path> programs() {
        List<Path> places = new ArrayList<>();
        if (Files.isDirectory(DEBIANS)) {
            try (Stream<Path> versions = Files.list(DEBIANS)) {
                versions.map(version -> version.resolve("bin"))
                        .sorted(Comparator.reverseOrder())
                        .forEach(places::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Stream.of(System.getenv("PATH").split(":")).map(Path::of).forEach(places::add);
        return places.stream()
                .filter(place -> Files.isExecutable(place.resolve("initdb")))
                .findFirst();
    }

    /** Starts an empty server; returns when it responds. */
    public static OwnPostgres start() throws IOException {
        Path directory = TestServers.newDirectory("postgres");
        OwnPostgres made = new OwnPostgres(programs().orElseThrow(), directory);
        made.run(
                "initdb",
                "--auth=trust",
                "--username=wadi",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "-D",
                made.data());
        made.restart();
        return made;
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    private void run(String program, String... arguments) throws IOException {
        Unprivileged user = Unprivileged.forReading(directory);
        user.own(directory);
        List<String> command = new ArrayList<>(user.prefix());
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        Process started = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(started.getInputStream().readAllBytes(), UTF_8);
        try {
            if (!started.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS) || started.exitValue() != 0) {
                throw new IOException(program + " failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(program + " was interrupted", e);
        }
    }

    /** Starts the server again with the same data and port; returns when it responds. */
    public void restart() throws IOException {
        // A killed server leaves this file, which names a process that no longer exists.
        Files.deleteIfExists(Path.of(data(), "postmaster.pid"));
        process = ChildProcess.start(
                Unprivileged.forReading(directory).prefix(),
                List.of(
                        programs.resolve("postgres").toString(),
                        "-D",
                        data(),
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=localhost",
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "max_connections=40"),
                Map.of(),
                directory,
                ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()));
        process.awaitReady("PostgreSQL", directory.resolve("log"), this::answers);
    }

    /** Restarts the server as a standby that waits for its primary; returns when it responds to read-only queries. */
    public void restartAsStandby() throws IOException {
        kill();
        Unprivileged.forReading(directory).own(Files.createFile(Path.of(data(), "standby.signal")));
        restart();
    }

    private boolean answers() {
        try {
            return query("SELECT 1").equals(List.of("1"));
        } catch (IllegalStateException notYet) {
            return false;
        }
    }

    /** Ends all processes of the server with SIGKILL; returns when they have released its shared memory. */
    public void kill() {
        if (!process.running()) {
            return;
        }
        try {
            Signal.send("STOP", process.command().pid()); // it starts no other process meanwhile
            List<ProcessHandle> all = process.command().descendants().toList();
            process.kill();
            await().until(() -> all.stream().allMatch(OwnPostgres::hasEnded));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while PostgreSQL was killed", e);
        }
    }

    /** Returns whether a process has ended, even if nothing has read its exit code (state Z of proc(5)). */
    private static boolean hasEnded(ProcessHandle killed) {
        try {
            String stat = Files.readString(Path.of("/proc/%d/stat".formatted(killed.pid())));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
        } catch (IOException hasNoEntry) {
            return true;
        }
    }

    /** Returns the JDBC URL. */
    public String url() {
        return "jdbc:postgresql://localhost:%d/postgres".formatted(port);
    }

    /** Returns the superuser's name; it has no password. */
    public String user() {
        return "wadi";
    }

    /** Returns a new connection for the test. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url() + "?connectTimeout=5", user(), "");
    }

    /** Executes a statement. */
    public void run(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Returns the rows of a query, with their columns separated by commas. */
    public List<String> query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (found.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    columns.add(found.getString(i));
                }
                rows.add(String.join(",", columns));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() {
        kill();
        TestServers.delete(directory);
    }
}
