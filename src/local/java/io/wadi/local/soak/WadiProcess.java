package io.wadi.local.soak;

import io.wadi.local.ChildProcess;
import io.wadi.local.Ports;
import io.wadi.local.Signal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * One of the processes of a run: a Wadi with the routes of its role, which is killed, frozen and started again at the same
 * ports. Its looks may come from another thread than its starts.
 */
final class WadiProcess {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(SOON).build();
    private static final Path PROC = Path.of("/proc");
    private static final double MIB = 1 << 20;
    private static final double KIB_A_MIB = 1024;

    private final String name;
    private final List<String> command;
    private final Path configuration;
    private final Path log;
    private final int httpPort = Ports.free();
    private final int managementPort = Ports.free();
    private volatile ChildProcess process;
    private volatile long pid;
    private volatile int life;
    private volatile boolean expected;

    /**
     * One that is not started yet.
     *
     * @param name such as {@code landing-1}
     * @param program the command with what the JVM is to run, after which come its arguments
     * @param options of the JVM
     * @param configuration the directory with its routes
     * @param log what it prints, of all starts
     */
    WadiProcess(String name, Program program, List<String> options, Path configuration, Path log) {
        this.configuration = configuration;
        this.name = name;
        this.log = log;
        List<String> all = new ArrayList<>(options);
        all.add("-Dwadi.http.port=" + httpPort);
        all.add("-Dwadi.management.port=" + managementPort);
        command = program.command(all, List.of("--config", configuration.toString()));
    }

    /** How a Wadi is started: of its jar as users do, or of the classes of a test. */
    interface Program {
        /** The whole command. */
        List<String> command(List<String> options, List<String> arguments);
    }

    String name() {
        return name;
    }

    int httpPort() {
        return httpPort;
    }

    Path log() {
        return log;
    }

    /** Starts it, or starts it again; returns at once. */
    synchronized void start() throws IOException {
        process = ChildProcess.start(command, configuration, log);
        pid = 0;
        life++;
        expected = false;
    }

    /** kill -9, where it runs; returns when it is gone. */
    void kill() {
        expected = true;
        if (process != null) {
            process.kill();
        }
    }

    /** Stops it where it stands. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Lets it go on. */
    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** Zero would be the group of this process itself. */
    private void signal(String name) throws IOException, InterruptedException {
        if (pid() == 0) {
            throw new IOException(this.name + " has not started, see " + log);
        }
        Signal.send(name, pid());
    }

    /** Asks it to finish what it has begun and to end, at most this long; returns the exit code, -1 where it had to be killed. */
    int stop(Duration patience) throws IOException {
        expected = true;
        process.askToStop();
        if (process.waitFor(patience)) {
            return process.exitCode();
        }
        process.kill();
        return -1;
    }

    /** Whether it has ended by itself. */
    boolean hasFailed() {
        ChildProcess running = process;
        return !expected && running != null && !running.running();
    }

    /** Whether it takes part: what a load balancer asks. */
    boolean isReady() throws InterruptedException {
        try {
            return get("/observe/health/ready").statusCode() == 200;
        } catch (IOException away) {
            return false;
        }
    }

    /** What it holds now. */
    ProcessSample look(double second) throws InterruptedException {
        long id = pid();
        return new ProcessSample(
                second, name, life, heap(), status(id, "VmRSS:") / KIB_A_MIB, handles(id), status(id, "Threads:"));
    }

    /** Of the JVM, which the shell beside it has started some time after our own start. */
    private long pid() {
        ChildProcess running = process;
        if (pid == 0 && running != null) {
            ProcessHandle jvm = running.command();
            pid = jvm.info().command().orElse("").endsWith("java") ? jvm.pid() : 0;
        }
        return pid;
    }

    private double heap() throws InterruptedException {
        try {
            DoubleSummaryStatistics used = get("/observe/metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("jvm_memory_used_bytes{") && line.contains("area=\"heap\""))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                    .summaryStatistics();
            return used.getCount() > 0 ? used.getSum() / MIB : Double.NaN;
        } catch (IOException away) {
            return Double.NaN;
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + managementPort + path);
        return CLIENT.send(HttpRequest.newBuilder(uri).timeout(SOON).build(), BodyHandlers.ofString());
    }

    private static double status(long pid, String what) {
        try {
            return Files.readAllLines(PROC.resolve(pid + "/status")).stream()
                    .filter(line -> line.startsWith(what))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D+", "")))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException gone) {
            return Double.NaN;
        }
    }

    private static double handles(long pid) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(PROC.resolve(pid + "/fd"))) {
            int count = 0;
            for (Path ignored : open) {
                count++;
            }
            return count;
        } catch (IOException gone) {
            return Double.NaN;
        }
    }
}
