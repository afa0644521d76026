package io.wadi.bench;

import io.wadi.local.ChildProcess;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The JVM of one round of one subject. Its resource use is measured from outside, so that it needs no instrumentation.
 */
final class ServerProcess implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(90);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(60);
    private static final Duration TRY_EVERY = Duration.ofMillis(100);

    /** Full collections before the heap is measured: each may lead to objects that the next one collects. */
    private static final int COLLECTIONS = 3;

    /** Clock ticks per second of the times in proc(5), on all current platforms of Linux. */
    private static final long TICKS_A_SECOND = 100;

    /** The time of a collection, in milliseconds since 1970, and the heap in MiB in use after it. */
    private static final Pattern COLLECTION = Pattern.compile("\\[(\\d+)ms].* \\d+M->(\\d+)M\\(.*");

    private final String round;
    private final ChildProcess process;
    private final Path log;
    private final Path collections;

    private ServerProcess(String round, ChildProcess process, Path log, Path collections) {
        this.round = round;
        this.process = process;
        this.log = log;
        this.collections = collections;
    }

    /**
     * Starts a subject.
     *
     * @param arguments the arguments after Java's own flags: -jar or -cp, and the rest
     */
    static ServerProcess start(BenchHome home, String round, List<String> arguments, Map<String, String> environment)
            throws IOException {
        return start(home, round, home.java(round), arguments, environment);
    }

    /** Starts a subject with another beginning of the command, from {@link BenchHome#java}. */
    static ServerProcess start(
            BenchHome home, String round, List<String> java, List<String> arguments, Map<String, String> environment)
            throws IOException {
        Path log = home.ofRound(round, ".log");
        Path collections = home.ofRound(round, ".gc");
        List<String> command = new ArrayList<>(java);
        command.add("-Xlog:gc:file=" + collections + ":timemillis");
        command.addAll(arguments);
        ChildProcess process = ChildProcess.start(
                List.of(), command, environment, home.work(), ProcessBuilder.Redirect.to(log.toFile()));
        return new ServerProcess(round, process, log, collections);
    }

    /** An attempt that may succeed later. */
    interface Attempt {
        boolean succeeds() throws IOException, InterruptedException;
    }

    /** Repeats an attempt until it succeeds. */
    void await(Attempt started) throws IOException, InterruptedException {
        await(started, TRY_EVERY);
    }

    /** Repeats an attempt until it succeeds, with a given pause between attempts. */
    void await(Attempt started, Duration every) throws IOException, InterruptedException {
        await(started, every, LONGEST_START);
    }

    /** Repeats an attempt until it succeeds, with a given pause between attempts and a time limit. */
    void await(Attempt started, Duration every, Duration within) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (!started.succeeds()) {
            if (!process.running() || System.nanoTime() > deadline) {
                throw new IOException(round + " did not start, see " + log);
            }
            TimeUnit.MILLISECONDS.sleep(every.toMillis());
        }
    }

    /**
     * The resource use of a process until a time.
     *
     * @param millis the time in milliseconds since 1970
     * @param cpu CPU time of all its threads
     * @param compilers CPU time of its JIT compiler threads; zero if the system does not report it
     */
    record Mark(long millis, Duration cpu, Duration compilers) {}

    /**
     * The resource use of a process in an interval.
     *
     * @param cpuSeconds CPU time of all its threads
     * @param compilersSeconds CPU time of its JIT compiler threads, which decreases over time
     * @param peakHeapMib maximum heap in use after a garbage collection; 0 if there was none
     */
    record Spent(double cpuSeconds, double compilersSeconds, double peakHeapMib) {}

    /** Returns whether the process is running. */
    boolean isRunning() {
        return process.running();
    }

    /** Returns the exit code, once the process has ended. */
    int exitCode() {
        return process.exitCode();
    }

    /** Returns the process id. */
    long id() {
        return process.command().pid();
    }

    /** Returns the resource use until now. */
    Mark mark() throws IOException {
        Duration cpu = process.command()
                .info()
                .totalCpuDuration()
                .orElseThrow(() -> new IOException(round + " has ended, see " + log));
        return new Mark(System.currentTimeMillis(), cpu, compilers());
    }

    /** Returns the CPU time of the threads of C1 and C2, from proc(5). */
    private Duration compilers() throws IOException {
        Path threads = Path.of("/proc", Long.toString(id()), "task");
        long ticks = 0;
        if (Files.isDirectory(threads)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
                for (Path each : all) {
                    ticks += compilersTicks(each);
                }
            }
        }
        return Duration.ofMillis(ticks * 1_000 / TICKS_A_SECOND);
    }

    private static long compilersTicks(Path thread) throws IOException {
        try {
            // The name, in parentheses, can contain spaces; user and system time are the 12th and 13th fields after it.
            String stat = Files.readString(thread.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return name.matches("C[12] Compiler.*") ? Long.parseLong(fields[11]) + Long.parseLong(fields[12]) : 0;
        } catch (NoSuchFileException hasEnded) {
            return 0;
        }
    }

    /** Returns the resource use since a mark. */
    Spent since(Mark begin) throws IOException {
        Mark end = mark();
        try (Stream<String> lines = Files.lines(collections)) {
            double peak = lines.map(COLLECTION::matcher)
                    .filter(Matcher::matches)
                    .filter(found -> isBetween(begin.millis(), Long.parseLong(found.group(1)), end.millis()))
                    .mapToDouble(found -> Double.parseDouble(found.group(2)))
                    .max()
                    .orElse(0);
            return new Spent(
                    end.cpu().minus(begin.cpu()).toNanos() / 1e9,
                    end.compilers().minus(begin.compilers()).toNanos() / 1e9,
                    peak);
        }
    }

    private static boolean isBetween(long begin, long moment, long end) {
        return begin <= moment && moment <= end;
    }

    /** Runs several full collections. */
    void collectGarbage() throws IOException, InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            new ProcessBuilder("jcmd", Long.toString(id()), "GC.run")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        }
    }

    /** Returns the resident memory of the process, from proc(5). */
    double residentMib() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(id()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(Double.NaN);
        }
    }

    /** Sends SIGTERM; returns when it has stopped. */
    void stop() throws IOException {
        process.requestStop();
        if (!process.waitFor(LONGEST_STOP)) {
            throw new IOException(round + " did not stop within " + LONGEST_STOP + ", see " + log);
        }
    }

    @Override
    public void close() {
        process.kill();
    }
}
