package io.wadi.landing;

import static org.awaitility.Awaitility.await;

import io.wadi.testing.Ports;
import io.wadi.testing.ServerPorts;
import io.wadi.testing.TestServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A pipeline of its own process with the shipped landing route alone, on the servers of the test run. */
final class LandingProcess implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;
    private final FaultPoint point;
    private volatile boolean reached;

    private LandingProcess(Process process, FaultPoint point, Path log) {
        this.process = process;
        this.point = point;
        this.log = log;
        Thread reader = new Thread(this::read, "landing-process-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts one.
     *
     * @param topic what it lands, below {@code /<topic>}, in a group of the same name
     * @param point where it stops, or null
     * @param options further options of its JVM
     */
    static LandingProcess start(String topic, FaultPoint point, String... options) throws IOException {
        ServerPorts servers = TestServers.shared().ports();
        Path configuration = Files.createTempDirectory(Path.of("target"), "landing-process-");
        Files.createDirectories(configuration.resolve("routes"));
        for (String route : List.of("landing.camel.yaml", "errors.camel.yaml")) {
            Files.copy(Path.of("routes", route), configuration.resolve("routes").resolve(route));
        }
        Files.copy(Path.of("application.properties"), configuration.resolve("application.properties"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dwadi.kafka.brokers=" + servers.kafkaBrokers(),
                "-Dwadi.hdfs.uri=" + servers.hdfsUri(),
                "-Dwadi.http.port=" + Ports.free(),
                "-Dwadi.management.port=" + Ports.free(),
                "-Dwadi.landing.topics=" + topic,
                "-Dwadi.landing.group=" + topic,
                "-Dwadi.landing.directory=/" + topic,
                "-Dwadi.landing.replication=1",
                "-Dcamel.component.kafka.session-timeout-ms=1500",
                "-Dcamel.component.kafka.heartbeat-interval-ms=300",
                // A member that dies while it joins holds up the others for as long as this.
                "-Dcamel.component.kafka.max-poll-interval-ms=15000"));
        if (point != null) {
            command.add("-D" + FaultPoint.PROPERTY + "=" + point);
            command.add("-Dcamel.component.kafka.interceptor-classes=" + FaultPlugin.AfterCommit.class.getName());
        }
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), "io.wadi.Wadi", "--config", configuration.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new LandingProcess(process, point, configuration.resolve("log"));
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                var file = Files.newBufferedWriter(log)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                file.write(line + "\n");
                file.flush();
                reached |= line.contains(FaultPoint.REACHED);
            }
        } catch (IOException e) {
            // The process was ended by close().
            return;
        }
    }

    /** Waits until it stands at its point, as long as a minute. */
    void awaitPoint() {
        await("process at " + point + ", see " + log).atMost(LONG).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError("the process ended by itself, see " + log);
            }
            return reached;
        });
    }

    /** Whether it stands at its point, or has gone on from it. */
    boolean hasReachedPoint() {
        return reached;
    }

    /** kill -9. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Freezes the whole process (SIGSTOP), so that its group takes it for dead. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Lets a frozen process go on from its point, not knowing that time has passed. */
    void thaw() throws IOException, InterruptedException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill -" + signal + " failed");
        }
    }

    /** SIGTERM; returns the exit code. Waits for longer than {@code camel.main.shutdown-timeout}, which ends any stop. */
    int stop() throws IOException, InterruptedException {
        // Not destroy(), which closes the output: what the process says of its stop is wanted.
        signal("TERM");
        if (!process.waitFor(90, TimeUnit.SECONDS)) {
            signal("QUIT");
            process.waitFor(5, TimeUnit.SECONDS);
            throw new AssertionError("the process did not stop, see its threads in " + log);
        }
        return process.exitValue();
    }

    /** Waits until it ends by itself, as long as a minute; returns the exit code. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the process did not end, see " + log);
        }
        return process.exitValue();
    }

    /** What it has said so far. */
    String said() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
