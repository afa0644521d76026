package io.wadi.local.soak;

import io.wadi.local.ChildJvm;
import io.wadi.local.LocalElasticsearch;
import io.wadi.local.StopRequest;
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
 * A run: servers, two processes of each role, the load, the faults of the plan in turn, and at last the oracle. Being asked to stop ends
 * the load before its time; the oracle and the report come all the same.
 */
final class SoakRun {
    private static final int EACH = 2;
    private static final Duration CATCH_UP = Duration.ofMinutes(3);
    private static final Duration STOP = Duration.ofMinutes(1);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
    /** Looks at processes over the whole run, about. */
    private static final int LOOKS = 600;

    private static final int SHORTEST_LOOK_MS = 2_000;
    private static final int LONGEST_LOOK_MS = 10_000;

    private final SoakOptions options;
    private final WadiProcess.Program program;
    private final Path home;
    private final Terminal terminal;
    private final StopRequest stop;
    private final List<WadiProcess> processes = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<double[]> times = new ArrayList<>();

    /**
     * One that has not begun.
     *
     * @param program how a Wadi is started
     * @param home the project's directory
     * @param stop asked to when the load is to end early
     */
    SoakRun(SoakOptions options, WadiProcess.Program program, Path home, Terminal terminal, StopRequest stop) {
        this.options = options;
        this.program = program;
        this.home = home;
        this.terminal = terminal;
        this.stop = stop;
    }

    /** Runs; returns what was found. */
    SoakResult run() throws IOException, InterruptedException {
        List<Fault> plan = FaultPlan.of(options.seed(), options.length());
        terminal.step("Seed " + options.seed() + ", " + plan.size() + " faults:");
        plan.forEach(each -> terminal.say("  " + each.line()));
        Path logs = Files.createDirectories(options.report().resolve("logs"));
        Path data = options.report().resolve("data");
        if (Files.exists(data)) {
            throw new IOException(data + " is of a run that did not go well, or goes on: remove it, or choose another"
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
                String name = role.word() + "-" + member;
                WadiProcess process =
                        new WadiProcess(name, program, settings(servers), configuration, logs.resolve(name + ".log"));
                processes.add(process);
                process.start();
            }
        }
        await(ChildJvm.START_TIMEOUT, this::allReady, "were not all ready");
        if (!problems.isEmpty()) {
            throw new IOException("Not begun; what the processes have said is in " + logs);
        }
        Instant begun = Instant.now();
        try (SoakLoad load = new SoakLoad(
                        of(Role.INGEST), SoakSettings.TOPIC, new DayCurve(options.length(), options.rate()));
                SoakWatch watch = new SoakWatch(servers.kafka().brokers(), SoakSettings.TOPIC, processes, load::now)) {
            terminal.step("Events for " + Fault.clock(options.length().toMillis() / 1e3) + " minutes …");
            load.start();
            watch.start(Math.min(
                    LONGEST_LOOK_MS, Math.max(SHORTEST_LOOK_MS, options.length().toMillis() / LOOKS)));
            List<Fault> done = faults(plan, servers, load);
            waitUntil(options.length(), load);
            load.stop();
            double seconds = load.now();
            terminal.step("Waiting until all is landed and indexed …");
            await(CATCH_UP, () -> isDone(watch.look()), "did not catch up");
            List<Look> looks = watch.looks();
            List<Traffic> traffic = load.traffic();
            List<ProcessSample> samples = watch.samples();
            watch.stop();
            stopAll();
            terminal.step("Counting what stands in Kafka, HDFS and the index …");
            return new SoakResult(
                    options,
                    begun,
                    seconds,
                    load.offered(),
                    recoveries(done, traffic, looks),
                    traffic,
                    looks,
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
                data.resolve(role.word()).resolve("routes").toAbsolutePath());
        for (String each : role.routes()) {
            Path file = home.resolve("routes").resolve(each + ".camel.yaml");
            Files.copy(file, routes.resolve(file.getFileName()));
        }
        return routes.getParent();
    }

    private List<WadiProcess> of(Role role) {
        return processes.stream()
                .filter(each -> each.name().startsWith(role.word()))
                .toList();
    }

    private boolean allReady() {
        noteFailed();
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

    /** Waits for something of the processes; that it has not come is a problem. */
    private void await(Duration most, BooleanSupplier what, String otherwise) throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        while (!what.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                problem("The processes " + otherwise + " within " + most.toSeconds() + " s.");
                return;
            }
            Thread.sleep(LOOK_AGAIN.toMillis());
        }
    }

    private void problem(String text) {
        problems.add(text);
        terminal.problem(text);
    }

    /** Has those faults happen that come before the load's end; returns them. */
    private List<Fault> faults(List<Fault> plan, SoakServers servers, SoakLoad load)
            throws IOException, InterruptedException {
        List<Fault> done = new ArrayList<>();
        for (Fault each : plan) {
            if (waitUntil(each.at(), load)) {
                return done;
            }
            double began = load.now();
            terminal.say("  %s  %2d. %s".formatted(Fault.clock(began), each.number(), each.text()));
            begin(each, servers);
            // Asked to stop meanwhile, it is made good at once.
            stop.await(each.lasts());
            end(each, servers);
            done.add(each);
            times.add(new double[] {began, load.now()});
        }
        return done;
    }

    /** Waits for a time of the run; whether the run is to end before it. */
    private boolean waitUntil(Duration at, SoakLoad load) {
        while (true) {
            noteFailed();
            long left = at.toMillis() - (long) (1e3 * load.now());
            if (left <= 0 || stop.asked()) {
                return stop.asked();
            }
            stop.await(Duration.ofMillis(Math.min(left, SHORTEST_LOOK_MS)));
        }
    }

    private void noteFailed() {
        for (WadiProcess each : processes) {
            if (each.hasFailed() && problems.stream().noneMatch(known -> known.startsWith(each.name()))) {
                problem(each.name() + " has ended by itself, see " + each.log());
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

    private static boolean isDone(Look look) {
        return !look.inKafka().isEmpty() && look.landingLag() == 0 && look.indexingLag() == 0;
    }

    private void stopAll() throws IOException {
        noteFailed();
        terminal.step("Stopping the processes …");
        for (WadiProcess each : processes) {
            int code = each.stop(STOP);
            if (code != 0) {
                problem(each.name() + " did not stop in good order, exit code " + code + ", see " + each.log());
            }
        }
    }

    private List<Recovery> recoveries(List<Fault> done, List<Traffic> traffic, List<Look> looks) {
        List<Recovery> recoveries = new ArrayList<>();
        for (int i = 0; i < done.size(); i++) {
            recoveries.add(Recovery.of(done.get(i), times.get(i)[0], times.get(i)[1], traffic, looks));
        }
        return recoveries;
    }

    private static Oracle.Found count(SoakLoad load, SoakServers servers) throws IOException, InterruptedException {
        try (FileSystem hdfs = FileSystem.newInstance(URI.create(servers.hdfs().uri()), new Configuration())) {
            return Oracle.ask(
                    load.receipted(),
                    servers.kafka().brokers(),
                    hdfs,
                    servers.elasticsearch().address());
        }
    }

    /** Removes what the servers have kept. */
    static void removeData(Path report) throws IOException {
        try (Stream<Path> all = Files.walk(report.resolve("data"))) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    /** What of the result is said at the end, in lines. */
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
        lines.add(result.isWell() ? "Nothing lost, nothing doubled." : "Not well: see the report.");
        lines.add("The report: " + page);
        return lines;
    }
}
