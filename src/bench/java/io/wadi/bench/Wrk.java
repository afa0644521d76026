package io.wadi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The load generator wrk. Each of its connections sends the next request after the response to the last. */
final class Wrk {
    private final Path script;
    private final Path requests;
    private final Path log;
    private final int port;
    private final int connections;

    /** Creates a load of the requests in a file from {@link Requests}, sent to a local port. */
    Wrk(BenchHome home, String round, Path requests, int port, int connections) {
        this.script = home.project().resolve("src/bench/wrk/send.lua");
        this.log = home.ofRound(round, ".wrk");
        this.requests = requests;
        this.port = port;
        this.connections = connections;
    }

    /**
     * The counts of wrk.
     *
     * @param requests the number of responses with any status
     * @param micros the duration in microseconds
     * @param statuses the number of responses with a status of 400 or more
     * @param broken the number of requests without a response
     * @param p50 median latency in microseconds, as computed by wrk
     * @param p99 99th percentile of the latency
     * @param p999 99.9th percentile of the latency
     */
    record Result(long requests, long micros, long statuses, long broken, long p50, long p99, long p999) {
        long accepted() {
            return requests - statuses;
        }

        long failures() {
            return statuses + broken;
        }
    }

    /** Fails with installation instructions if wrk is missing. */
    static void requireInstalled() throws IOException {
        try {
            new ProcessBuilder("wrk", "-v").redirectErrorStream(true).start().destroy();
        } catch (IOException e) {
            throw new IOException("There is no wrk on the PATH: install it, on Debian with apt-get install wrk", e);
        }
    }

    /** Runs the load for a time, with new connections. */
    Result run(int seconds) throws IOException {
        List<String> command = List.of(
                "wrk",
                "--threads=2",
                "--connections=" + connections,
                "--duration=" + seconds + "s",
                "--timeout=10s",
                "--script=" + script,
                "http://localhost:" + port,
                "--",
                requests.toString());
        ChildProcess process = ChildProcess.start(
                List.of(), command, Map.of(), requests.getParent(), ProcessBuilder.Redirect.to(log.toFile()));
        if (!process.waitFor(Duration.ofSeconds(seconds + 60L))) {
            process.kill();
            throw new IOException("wrk did not end, see " + log);
        }
        String output = Files.readString(log, UTF_8);
        String result = output.lines()
                .filter(line -> line.startsWith("{"))
                .findFirst()
                .orElseThrow(() -> new IOException("wrk has no result: " + output.strip()));
        JsonNode counted = new ObjectMapper().readTree(result);
        return new Result(
                counted.get("requests").longValue(),
                counted.get("micros").longValue(),
                counted.get("statuses").longValue(),
                counted.get("broken").longValue(),
                counted.get("p50").longValue(),
                counted.get("p99").longValue(),
                counted.get("p999").longValue());
    }
}
