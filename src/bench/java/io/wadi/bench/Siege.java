package io.wadi.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.bench.siege.Attackers;
import io.wadi.bench.siege.HostileKind;
import io.wadi.bench.siege.Target;
import io.wadi.local.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The hostile clients of one phase, in a process of their own with a low scheduling priority. */
final class Siege implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LATER = Duration.ofSeconds(60);
    /**
     * Lowers the priority of the scheduling group too: on Linux a session is its own group, and niceness has an effect
     * only within it.
     */
    private static final List<String> YIELDING =
            List.of("sh", "-c", "(echo 10 > /proc/self/autogroup) 2>/dev/null; exec nice -n 10 \"$@\"", "yielding");

    private final ChildProcess process;
    private final Path outcome;
    private final Path log;
    private final long seconds;

    private Siege(ChildProcess process, Path outcome, Path log, long seconds) {
        this.process = process;
        this.outcome = outcome;
        this.log = log;
        this.seconds = seconds;
    }

    /** Starts an attack of a number of seconds; returns when it begins. */
    static Siege begin(BenchHome home, String round, Target target, List<HostileKind> kinds, long seconds)
            throws IOException {
        Path outcome = home.ofRound(round, ".outcome.json");
        Path log = home.ofRound(round, ".hostile.log");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Attackers.class.getName(),
                Integer.toString(target.port()),
                Boolean.toString(target.tls()),
                Integer.toString(target.managementPort()),
                target.topic(),
                Long.toString(seconds),
                outcome.toString(),
                kinds.stream().map(HostileKind::name).collect(Collectors.joining(",")));
        ChildProcess process =
                ChildProcess.start(YIELDING, command, Map.of(), home.work(), ProcessBuilder.Redirect.to(log.toFile()));
        Siege siege = new Siege(process, outcome, log, seconds);
        try {
            process.awaitReady(
                    "The process of the hostile clients",
                    log,
                    () -> Files.readString(log).contains(Attackers.BEGINS));
            return siege;
        } catch (IOException e) {
            siege.close();
            throw e;
        }
    }

    /** Waits for the end of the attack; returns {@code cpu_s} and {@code kinds} with the outcome of each kind. */
    JsonNode outcome() throws IOException {
        if (!process.waitFor(Duration.ofSeconds(seconds).plus(LATER)) || !Files.exists(outcome)) {
            throw new IOException("The hostile clients did not report, see " + log);
        }
        return JSON.readTree(outcome.toFile());
    }

    @Override
    public void close() {
        process.kill();
    }
}
