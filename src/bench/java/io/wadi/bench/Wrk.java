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

/** The load generator wrk: each of its connections sends the next request when the answer to the last has come. */
final class Wrk {
    private final Path script;
    private final Path requests;
    private final Path log;
    private final int port;
    private final int connections;

    /** Sends the requests of a file, as {@link Requests} writes them, to a port of this machine. */
    Wrk(BenchHome home, String round, Path requests, int port, int connections) {
        this.script = home.project().resolve("src/bench/wrk/send.lua");
        this.log = home.ofRound(round, ".wrk");
        this.requests = requests;
        this.port = port;
        this.connections = connections;
    }

    /**
     * What wrk has counted.
     *
     * @param requests that were answered, whatever the answer
     * @param micros how long it took
     * @param statuses answers with a status from 400 on
     * @param broken requests without an answer
     * @param p50 of the latency in microseconds, as wrk reckons it
     * @param p99 of the same
     * @param p999 of the same
     */
    record Result(long requests, long micros, long statuses, long broken, long p50, long p99, long p999) {
        long accepted() {
            return requests - statuses;
        }

        long failures() {
            return statuses + broken;
        }
    }

    /** Fails with installation instructions if it is missing. */
    static void requireInstalled() throws IOException {
        try {
            new ProcessBuilder("wrk", "-v").redirectErrorStream(true).start().destroy();
        } catch (IOException e) {
            throw new IOException("There is no wrk on the PATH: install it, on Debian with apt-get install wrk", e);
        }
    }

    /** Sends for so long; connections are made anew. */
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
