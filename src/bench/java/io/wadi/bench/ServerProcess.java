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

/** The JVM of one round of one subject; what it spends is read from outside, so that nothing need be put into it. */
final class ServerProcess implements AutoCloseable {
    private static final Duration LONGEST_START = Duration.ofSeconds(90);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(60);
    private static final Duration TRY_EVERY = Duration.ofMillis(100);

    /** Of the times in proc(5), on all that Linux runs on today. */
    private static final long TICKS_A_SECOND = 100;

    /** When, in milliseconds since 1970, and how many MiB were in use after the collection. */
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
     * @param arguments what follows Java's own flags: -jar or -cp, and the rest
     */
    static ServerProcess start(BenchHome home, String round, List<String> arguments, Map<String, String> environment)
            throws IOException {
        return start(home, round, home.java(round), arguments, environment);
    }

    /** The same with another beginning of the command, of {@link BenchHome#java}. */
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

    /** Tries something until it is so. */
    interface Attempt {
        boolean succeeds() throws IOException, InterruptedException;
    }

    /** Returns with the first attempt that succeeds. */
    void await(Attempt started) throws IOException, InterruptedException {
        await(started, TRY_EVERY);
    }

    /** The same, with another pause between two attempts. */
    void await(Attempt started, Duration every) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LONGEST_START.toNanos();
        while (!started.succeeds()) {
            if (!process.running() || System.nanoTime() > deadline) {
                throw new IOException(round + " did not start, see " + log);
            }
            TimeUnit.MILLISECONDS.sleep(every.toMillis());
        }
    }

    /**
     * What a process had spent at a moment.
     *
     * @param millis since 1970
     * @param cpu of all its threads
     * @param compilers of those of them that compile; zero where the system does not report it
     */
    record Mark(long millis, Duration cpu, Duration compilers) {}

    /**
     * What a process has spent in between.
     *
     * @param cpuSeconds of all its threads
     * @param compilersSeconds of those of them that compile, which they do less and less
     * @param peakHeapMib the most that was in use after a garbage collection; 0 where there was none
     */
    record Spent(double cpuSeconds, double compilersSeconds, double peakHeapMib) {}

    /** Whether it has not ended. */
    boolean isRunning() {
        return process.running();
    }

    /** The exit code, once it has ended. */
    int exitCode() {
        return process.exitCode();
    }

    /** Of the process. */
    long id() {
        return process.command().pid();
    }

    /** Its resource usage until now. */
    Mark mark() throws IOException {
        Duration cpu = process.command()
                .info()
                .totalCpuDuration()
                .orElseThrow(() -> new IOException(round + " has ended, see " + log));
        return new Mark(System.currentTimeMillis(), cpu, compilers());
    }

    /** The CPU time of the threads of C1 and C2, from Linux' proc(5). */
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
            // The name, in brackets, may have blanks; user and system time are the 12th and 13th field after it.
            String stat = Files.readString(thread.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return name.matches("C[12] Compiler.*") ? Long.parseLong(fields[11]) + Long.parseLong(fields[12]) : 0;
        } catch (NoSuchFileException hasEnded) {
            return 0;
        }
    }

    /** Its resource usage since. */
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

    /** The memory that it has in use as the system sees it, from Linux' proc(5). */
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
