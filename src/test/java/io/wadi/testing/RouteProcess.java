package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.local.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/**
 * A pipeline with one shipped route file, in a process of its own that tests kill and freeze. It uses the test run's
 * Kafka unless its options name another. The session timeout of its group is 1.5 s.
 */
public final class RouteProcess implements AutoCloseable {
    /** The option for the consumer protocol of KIP-848; see {@link GroupProbe#shortSessions}. */
    public static final String CONSUMER_PROTOCOL = "-Dwadi.kafka.group-protocol=consumer";

    private static final String BROKERS = "-Dwadi.kafka.brokers=";
    private static final String MANAGEMENT_PORT = "-Dwadi.management.port=";

    private final Process process;
    private final Path log;
    private final int managementPort;

    private RouteProcess(Process process, Path log, int managementPort, Consumer<String> lines) {
        this.process = process;
        this.log = log;
        this.managementPort = managementPort;
        Thread reader = new Thread(() -> read(lines), "route-process-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a process.
     *
     * @param route the route file's name without its ending
     * @param lines receives each line of the output, which is also logged
     * @param options further options of the JVM
     */
    public static RouteProcess start(String route, Consumer<String> lines, List<String> options) throws IOException {
        return start(List.of(route), lines, options);
    }

    /** Starts a process with several route files. */
    public static RouteProcess start(List<String> routes, Consumer<String> lines, List<String> options)
            throws IOException {
        return startConfigured(configuration(Path.of(""), routes), lines, options);
    }

    /**
     * Starts a process of another version.
     *
     * @param checkout its root, in which {@code target/wadi.jar} has been built
     */
    public static RouteProcess startOf(Path checkout, String route, Consumer<String> lines, List<String> options)
            throws IOException {
        Path configuration = configuration(checkout, List.of(route));
        List<String> all = withUsual(options);
        List<String> command = ChildJvm.jvm();
        command.addAll(all);
        command.addAll(List.of("-jar", checkout.resolve("target/wadi.jar").toString()));
        command.addAll(List.of("--config", configuration.toString()));
        return start(command, configuration, all, lines);
    }

    /** Creates a configuration directory with a checkout's files for these routes. */
    private static Path configuration(Path checkout, List<String> routes) throws IOException {
        Path configuration = Files.createTempDirectory(Path.of("target"), String.join("-", routes) + "-process-");
        Files.createDirectories(configuration.resolve("routes"));
        List<String> files = new ArrayList<>(List.of("application.properties", "routes/errors.camel.yaml"));
        routes.forEach(route -> files.add("routes/" + route + ".camel.yaml"));
        for (String each : files) {
            Files.copy(checkout.resolve(each), configuration.resolve(each));
        }
        return configuration;
    }

    /** Starts a process with a configuration directory of the test. */
    public static RouteProcess startConfigured(Path configuration, Consumer<String> lines, List<String> options)
            throws IOException {
        List<String> all = withUsual(options);
        return start(
                ChildJvm.command("io.wadi.Launch", all, List.of("--config", configuration.toString())),
                configuration,
                all,
                lines);
    }

    private static List<String> withUsual(List<String> options) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "-Xmx256m",
                "-Dwadi.http.port=" + Ports.free(),
                MANAGEMENT_PORT + Ports.free(),
                // If a member dies while it joins, the other members wait for its rejoin for this time.
                "-Dcamel.component.kafka.max-poll-interval-ms=15000"));
        if (!options.contains(CONSUMER_PROTOCOL)) {
            all.add("-Dcamel.component.kafka.session-timeout-ms=1500");
            all.add("-Dcamel.component.kafka.heartbeat-interval-ms=300");
        }
        if (options.stream().noneMatch(option -> option.startsWith(BROKERS))) {
            all.add(BROKERS + TestServers.shared().ports().kafkaBrokers());
        }
        all.addAll(options);
        return all;
    }

    private static RouteProcess start(
            List<String> command, Path configuration, List<String> options, Consumer<String> lines) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new RouteProcess(process, configuration.resolve("log"), managementPort(options), lines);
    }

    /** The last option takes effect. */
    private static int managementPort(List<String> options) {
        return options.stream()
                .filter(option -> option.startsWith(MANAGEMENT_PORT))
                .reduce((first, second) -> second)
                .map(option -> Integer.parseInt(option.substring(MANAGEMENT_PORT.length())))
                .orElseThrow();
    }

    private void read(Consumer<String> taker) {
        try (BufferedReader lines = process.inputReader(UTF_8);
                var file = Files.newBufferedWriter(log)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                file.write(line + "\n");
                file.flush();
                taker.accept(line);
            }
        } catch (IOException e) {
            // close() has ended the process.
            return;
        }
    }

    /** Returns the file with the output. */
    public Path log() {
        return log;
    }

    /** Returns the output so far. */
    public String output() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** Returns whether the process is running. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Writes an empty line to the standard input of the process. */
    public void writeLine() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** Ends the process with SIGKILL; returns when it has exited. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Sends a signal, such as STOP or CONT. */
    public void signal(String signal) throws IOException, InterruptedException {
        Signal.send(signal, process.pid());
    }

    /**
     * Sends SIGTERM once all routes have started, because the process has no signal handler before; returns the exit
     * code. Waits longer than any stop takes.
     */
    public int stop() throws IOException, InterruptedException {
        Awaitility.await("start, see " + log)
                .atMost(ChildJvm.START_TIMEOUT)
                .until(() -> isWell("started") || !isAlive());
        // Not destroy(), which closes the output with the report of the stop.
        signal("TERM");
        if (!process.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            signal("QUIT");
            process.waitFor(5, TimeUnit.SECONDS);
            throw new AssertionError("the process did not stop, see its threads in " + log);
        }
        return process.exitValue();
    }

    /** Waits until the output reports readiness. */
    public void awaitReady() {
        Awaitility.await("ready, see " + log).atMost(ChildJvm.START_TIMEOUT).until(() -> isWell("ready"));
    }

    private boolean isWell(String kind) throws InterruptedException {
        try {
            return Http.get("http://localhost:" + managementPort + "/observe/health/" + kind)
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Waits until the process exits by itself, even before its start is complete, and returns the exit code. */
    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the process did not end, see " + log);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
