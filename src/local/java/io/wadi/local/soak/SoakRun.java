package io.wadi.local.soak;

import io.wadi.local.ChildJvm;
import io.wadi.local.LocalElasticsearch;
import io.wadi.local.StopSignal;
import io.wadi.local.Terminal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * A run: starts servers and two processes of each role, applies the load and the planned faults, and runs the oracle. A
 * stop request ends the load early; the oracle and the report follow in any case.
 */
final class SoakRun {
    private static final int EACH = 2;
    private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration STOP_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(200);
    /** The approximate number of process samples over the whole run. */
    private static final int SAMPLES = 600;

    private static final int MIN_SAMPLE_INTERVAL_MS = 2_000;
    private static final int MAX_SAMPLE_INTERVAL_MS = 10_000;

    private final SoakOptions options;
    private final WadiProcess.Program program;
    private final Path home;
    private final Terminal terminal;
    private final StopSignal stop;
    private final List<WadiProcess> processes = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<Span> spans = new ArrayList<>();

    /** From the begin of a fault to the end of its repair, in seconds since the start of the load. */
    private record Span(double begin, double end) {}

    /**
     * Creates a run without starting it.
     *
     * @param program creates the command of a Wadi process
     * @param home the project's directory
     * @param stop requests an early end of the load
     */
    SoakRun(SoakOptions options, WadiProcess.Program program, Path home, Terminal terminal, StopSignal stop) {
        this.options = options;
        this.program = program;
        this.home = home;
        this.terminal = terminal;
        this.stop = stop;
    }

    SoakResult run() throws IOException, InterruptedException {
        List<Fault> plan = FaultPlan.of(options.seed(), options.length());
        terminal.step("Seed " + options.seed() + ", " + plan.size() + " faults:");
        plan.forEach(each -> terminal.println("  " + each.line()));
        Path logs = Files.createDirectories(options.report().resolve("logs"));
        Path data = options.report().resolve("data");
        if (Files.exists(data)) {
            throw new IOException(data + " belongs to a failed or running soak run: remove it, or choose another"
                    + " directory with --report DIR.");
        }
        Path distribution = LocalElasticsearch.unpackedIn(home.resolve("target"));
        terminal.step("Starting Kafka, HDFS and Elasticsearch …");
        try (SoakServers servers = SoakServers.start(Files.createDirectories(data), logs, distribution)) {
            return run(plan, servers, data, logs);
        } finally {
            processes.forEach(WadiProcess::kill);
        }
    }

    private SoakResult run(List<Fault> plan, SoakServers servers, Path data, Path logs)
            throws IOException, InterruptedException {
        terminal.step("Starting two processes each of ingest, landing and indexing …");
        for (Role role : Role.values()) {
            Path configuration = configuration(role, data);
            for (int member = 1; member <= EACH; member++) {
                String name = role.label() + "-" + member;
                WadiProcess process =
                        new WadiProcess(name, program, settings(servers), configuration, logs.resolve(name + ".log"));
                processes.add(process);
                process.start();
            }
        }
        await(ChildJvm.START_TIMEOUT, this::allReady, "were not all ready");
        if (!problems.isEmpty()) {
            throw new IOException("The run was not started; see the logs in " + logs);
        }
        Instant begun = Instant.now();
        try (SoakLoad load = new SoakLoad(
                        of(Role.INGEST), SoakSettings.TOPIC, new DayCurve(options.length(), options.rate()));
                SoakMonitor monitor =
                        new SoakMonitor(servers.kafka().brokers(), SoakSettings.TOPIC, processes, load::now)) {
            terminal.step("Events for " + Fault.clock(options.length().toMillis() / 1e3) + " minutes …");
            load.start();
            monitor.start(Math.min(
                    MAX_SAMPLE_INTERVAL_MS,
                    Math.max(MIN_SAMPLE_INTERVAL_MS, options.length().toMillis() / SAMPLES)));
            List<Fault> done = faults(plan, servers, load);
            waitUntil(options.length(), load);
            load.stop();
            double seconds = load.now();
            terminal.step("Waiting until all is landed and indexed …");
            await(CATCH_UP_TIMEOUT, () -> isDone(monitor.sample()), "did not catch up");
            await(ChildJvm.START_TIMEOUT, this::allReady, "were not all ready again");
            List<ProgressSample> progress = monitor.progress();
            List<Traffic> traffic = load.traffic();
            List<ProcessSample> samples = monitor.samples();
            monitor.stop();
            stopAll();
            terminal.step("Counting the events in Kafka, HDFS and the index …");
            return new SoakResult(
                    options,
                    begun,
                    seconds,
                    load.offered(),
                    recoveries(done, traffic, progress),
                    traffic,
                    progress,
                    samples,
                    List.copyOf(problems),
                    count(load, servers));
        }
    }

    private static List<String> settings(SoakServers servers) {
        return SoakSettings.options(
                servers.kafka().brokers(),
                servers.hdfs().uri(),
                servers.elasticsearch().address().replaceFirst("^http://", ""));
    }

    private Path configuration(Role role, Path data) throws IOException {
        Path routes = Files.createDirectories(
                data.resolve(role.label()).resolve("routes").toAbsolutePath());
        for (String each : role.routes()) {
            Path file = home.resolve("routes").resolve(each + ".camel.yaml");
            Files.copy(file, routes.resolve(file.getFileName()));
        }
        return routes.getParent();
    }

    private List<WadiProcess> of(Role role) {
        return processes.stream()
                .filter(each -> each.name().startsWith(role.label()))
                .toList();
    }

    private boolean allReady() {
        recordFailures();
        if (!problems.isEmpty()) {
            return true;
        }
        try {
            for (WadiProcess each : processes) {
                if (!each.isReady()) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Waits for a condition, and records a problem after the timeout. */
    private void await(Duration timeout, BooleanSupplier condition, String otherwise) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                problem("The processes " + otherwise + " within " + timeout.toSeconds() + " s.");
                return;
            }
            Thread.sleep(POLL_INTERVAL.toMillis());
        }
    }

    private void problem(String text) {
        problems.add(text);
        terminal.problem(text);
    }

    /** Injects the planned faults until the end of the load; returns those that were injected. */
    private List<Fault> faults(List<Fault> plan, SoakServers servers, SoakLoad load)
            throws IOException, InterruptedException {
        List<Fault> done = new ArrayList<>();
        for (Fault each : plan) {
            if (waitUntil(each.at(), load)) {
                return done;
            }
            double began = load.now();
            terminal.println("  %s  %2d. %s".formatted(Fault.clock(began), each.number(), each.text()));
            begin(each, servers);
            // After a stop request the fault is repaired immediately.
            stop.await(each.lasts());
            end(each, servers);
            done.add(each);
            spans.add(new Span(began, load.now()));
        }
        return done;
    }

    /** Waits for a time of the run; returns whether a stop was requested before. */
    private boolean waitUntil(Duration at, SoakLoad load) {
        while (true) {
            recordFailures();
            long left = at.toMillis() - (long) (1e3 * load.now());
            if (left <= 0 || stop.isRequested()) {
                return stop.isRequested();
            }
            stop.await(Duration.ofMillis(Math.min(left, MIN_SAMPLE_INTERVAL_MS)));
        }
    }

    private void recordFailures() {
        for (WadiProcess each : processes) {
            if (each.hasFailed() && problems.stream().noneMatch(known -> known.startsWith(each.name()))) {
                problem(each.name() + " has ended unexpectedly, see " + each.log());
            }
        }
    }

    private WadiProcess process(Fault fault) {
        return processes.stream()
                .filter(each -> each.name().equals(fault.process()))
                .findFirst()
                .orElseThrow();
    }

    private void begin(Fault fault, SoakServers servers) throws IOException, InterruptedException {
        switch (fault.what()) {
            case KILL_KAFKA -> servers.kafka().kill();
            case KILL_HDFS -> servers.hdfs().kill();
            case STOP_ELASTICSEARCH -> servers.elasticsearch().stop();
            case KILL_INGEST, KILL_LANDING, KILL_INDEXING -> process(fault).kill();
            case FREEZE_INGEST, FREEZE_LANDING, FREEZE_INDEXING ->
                process(fault).freeze();
        }
    }

    private void end(Fault fault, SoakServers servers) throws IOException, InterruptedException {
        switch (fault.what()) {
            case KILL_KAFKA -> servers.kafka().startAgain();
            case KILL_HDFS -> servers.hdfs().startAgain();
            case STOP_ELASTICSEARCH -> servers.elasticsearch().start();
            case KILL_INGEST, KILL_LANDING, KILL_INDEXING -> process(fault).start();
            case FREEZE_INGEST, FREEZE_LANDING, FREEZE_INDEXING ->
                process(fault).thaw();
        }
    }

    private static boolean isDone(ProgressSample sample) {
        return !sample.inKafka().isEmpty() && sample.landingLag() == 0 && sample.indexingLag() == 0;
    }

    private void stopAll() throws IOException {
        recordFailures();
        terminal.step("Stopping the processes …");
        for (WadiProcess each : processes) {
            int code = each.stop(STOP_TIMEOUT);
            if (code != 0) {
                problem(each.name() + " did not stop in an orderly way, exit code " + code + ", see " + each.log());
            }
        }
    }

    private List<Recovery> recoveries(List<Fault> done, List<Traffic> traffic, List<ProgressSample> progress) {
        List<Recovery> recoveries = new ArrayList<>();
        for (int i = 0; i < done.size(); i++) {
            recoveries.add(
                    Recovery.of(done.get(i), spans.get(i).begin(), spans.get(i).end(), traffic, progress));
        }
        return recoveries;
    }

    private static Oracle.Found count(SoakLoad load, SoakServers servers) throws IOException, InterruptedException {
        try (FileSystem hdfs = FileSystem.newInstance(URI.create(servers.hdfs().uri()), new Configuration())) {
            return Oracle.check(
                    load.receipted(),
                    servers.kafka().brokers(),
                    hdfs,
                    servers.elasticsearch().address());
        }
    }

    /** Removes the servers' data. */
    static void removeData(Path report) throws IOException {
        try (Stream<Path> all = Files.walk(report.resolve("data"))) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    /** Returns the summary that is printed at the end. */
    static List<String> summary(SoakResult result, Path page) {
        List<String> lines = new ArrayList<>();
        Oracle.Found found = result.found();
        lines.add(String.format(
                Locale.ROOT,
                "%,d events, %,d receipts; %,d records in Kafka, %,d lines in HDFS, %,d documents.",
                result.offered(),
                found.receipted(),
                found.inKafka(),
                found.landed(),
                found.indexed()));
        lines.add(result.isWell() ? "Nothing lost, nothing duplicated." : "Failed: see the report.");
        lines.add("The report: " + page);
        return lines;
    }
}
