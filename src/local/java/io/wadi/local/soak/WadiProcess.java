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
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A Wadi process of a run with the routes of its role, which can be killed, frozen and restarted with the same ports.
 * One thread may take samples while another starts or kills the process.
 */
final class WadiProcess {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    /** Settings in the environment, which would override the options. */
    private static final Pattern SETTINGS = Pattern.compile("(WADI|CAMEL)_.*|HADOOP_CONF_DIR");

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
     * Creates a process without starting it.
     *
     * @param name such as {@code landing-1}
     * @param program creates the command
     * @param options JVM options
     * @param configuration the configuration directory
     * @param log the file for the output of all starts
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

    /** Creates the command of a Wadi process, from the jar or from the classes of a test. */
    interface Program {
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

    /** Starts or restarts the process; returns immediately. */
    synchronized void start() throws IOException {
        process = ChildProcess.start(
                ChildProcess.withoutVariables(SETTINGS),
                command,
                Map.of(),
                configuration,
                ProcessBuilder.Redirect.appendTo(log.toFile()));
        pid = 0;
        life++;
        expected = false;
    }

    /** Kills a running process with SIGKILL; returns when it has ended. */
    void kill() {
        expected = true;
        if (process != null) {
            process.kill();
        }
    }

    /** Suspends the process with SIGSTOP. */
    void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Resumes the process with SIGCONT. */
    void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** Sends a signal; a pid of zero would address the process group of this JVM. */
    private void signal(String name) throws IOException, InterruptedException {
        if (pid() == 0) {
            throw new IOException(this.name + " has not started, see " + log);
        }
        Signal.send(name, pid());
    }

    /** Requests an orderly stop; returns the exit code, or -1 if it was killed after the timeout. */
    int stop(Duration timeout) throws IOException {
        expected = true;
        process.requestStop();
        if (process.waitFor(timeout)) {
            return process.exitCode();
        }
        process.kill();
        return -1;
    }

    /** Returns whether it has ended unexpectedly. */
    boolean hasFailed() {
        ChildProcess running = process;
        return !expected && running != null && !running.running();
    }

    /** Returns whether the process is ready, as a load balancer would check. */
    boolean isReady() throws InterruptedException {
        try {
            return get("/observe/health/ready").statusCode() == 200;
        } catch (IOException away) {
            return false;
        }
    }

    /** Returns the current resource use. */
    ProcessSample sample(double second) throws InterruptedException {
        long id = pid();
        return new ProcessSample(
                second, name, life, heap(), status(id, "VmRSS:") / KIB_A_MIB, handles(id), status(id, "Threads:"));
    }

    /** Returns the pid of the JVM; 0 until the shell has started it. */
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
        return CLIENT.send(HttpRequest.newBuilder(uri).timeout(TIMEOUT).build(), BodyHandlers.ofString());
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
