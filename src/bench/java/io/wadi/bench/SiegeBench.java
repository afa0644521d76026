package io.wadi.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.bench.siege.HostileKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Measures honest clients without and with hostile ones, and the resource use of the attacked process. */
final class SiegeBench {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CALM = "calm";
    private static final String SIEGE = "siege";
    private static final String AFTERWARDS = "afterwards";
    private static final Duration CAPACITY = Duration.ofSeconds(10);
    private static final double LONG_TURN_MS = 20;

    /** Requests per second of honest clients while a single kind attacks. */
    private static final long RATE_ALONE = 500;

    /** Share of the honest requests that must be acknowledged; with less the process counts as failed. */
    private static final double WELL = 0.5;

    private static final int HEAP_SAMPLES = 10;

    private final BenchHome home;
    private final SiegeOptions options;
    private final FigureReport report;
    private final List<String> failures = new ArrayList<>();

    SiegeBench(Path project, SiegeOptions options) throws IOException {
        this.home = new BenchHome(project, SIEGE);
        this.options = options;
        this.report = new FigureReport(SIEGE, home.commit(), CALM);
    }

    /**
     * Measures all, prints tables and writes target/bench/siege.json.
     *
     * @throws IOException if an acknowledged event is lost, or a process has ended or does not recover
     */
    void run() throws Exception {
        home.clean();
        System.out.println("Starting Kafka");
        Path directory = home.work().resolve("servers");
        try (BenchServers servers = BenchServers.kafka(directory)) {
            for (SiegePort port : options.ports()) {
                if (options.alone()) {
                    besiegeByEach(servers.brokers(), port);
                } else {
                    besiege(servers.brokers(), port);
                }
                report.write(home.project().resolve(home.result()));
            }
        }
        BenchHome.delete(directory);
        System.out.println("\nWritten: " + home.result());
        if (!failures.isEmpty()) {
            throw new IOException(String.join(System.lineSeparator(), failures));
        }
    }

    /** The figures of a phase, and the outcome of its hostile clients. */
    private record Phase(SiegeRound round, JsonNode hostile, ArrayNode samples) {}

    private void besiege(String brokers, SiegePort port) throws Exception {
        double machineLoad = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        try (BenchTopic topic = BenchTopic.create(brokers, "siege-" + port.label());
                SiegeTarget target = SiegeTarget.start(home, brokers, topic, port, port.label(), sampleEvery());
                HonestLoad load =
                        new HonestLoad(target.target().port(), port.hasTls(), topic.name(), options.connections())) {
            load.saturate(Duration.ofSeconds(options.warmUp()));
            double capacity = load.saturate(CAPACITY).goodput();
            double rate = options.rate() > 0 ? options.rate() : capacity / 2;
            System.out.printf(
                    Locale.ROOT, "%s: capacity %,.0f requests/s, offered %,.0f%n", port.label(), capacity, rate);
            Phase calm = phase(target, load, rate, options.calm(), port.label() + "-calm", List.of());
            Map<String, Double> before = target.counters();
            Phase siege;
            ObjectNode probes = JSON.createObjectNode();
            try (LivenessProbe probe = LivenessProbe.start(() -> target.answers("/observe/health/live"))) {
                siege = phase(
                        target, load, rate, options.seconds(), port.label() + "-siege", options.kindsAgainst(port));
                probe.write(probes);
                if (probe.isRestarted()) {
                    failures.add("%s: the liveness probe failed %d times in a row"
                            .formatted(topic.name(), LivenessProbe.FAILURES_BEFORE_RESTART));
                }
            }
            Map<String, Double> after = target.counters();

            Map<String, List<SiegeRound>> rounds = new LinkedHashMap<>();
            rounds.put(CALM, List.of(calm.round()));
            rounds.put(SIEGE, List.of(siege.round()));
            if (target.process().isRunning()) {
                SiegeRound afterwards = phase(
                                target, load, rate, secondsAfterwards(), port.label() + "-" + AFTERWARDS, List.of())
                        .round();
                rounds.put(AFTERWARDS, List.of(afterwards));
                double goodput = afterwards.load().goodput();
                if (goodput < rate * WELL) {
                    failures.add("%s: afterwards %,.0f of %,.0f requests/s are acknowledged"
                            .formatted(topic.name(), goodput, rate));
                }
            }
            String title = "single events over %s, half of the capacity".formatted(port.label());
            System.out.print(report.add(title, rounds, SiegeRound.FIGURES, machineLoad));
            report.addDetail("kinds", siege.hostile().path("kinds"));
            report.addDetail("samples", siege.samples());
            report.addDetail("slowest_ms", JSON.valueToTree(siege.round().load().slowestMs()));
            report.addDetail("counted", JSON.valueToTree(difference(before, after)));
            ObjectNode end = judge(brokers, target, load, topic);
            end.put("capacity_per_s", Report.rounded(capacity));
            report.addDetail("end", end);
            report.addDetail("probes", probes);
            System.out.println("\nLiveness probes during the siege: " + probes);
            print(siege, difference(before, after), end);
        }
    }

    private long sampleEvery() {
        return Math.max(5, options.seconds() / HEAP_SAMPLES);
    }

    /** Returns a time in which memory is sampled once. */
    private int secondsAfterwards() {
        return (int) sampleEvery() + 5;
    }

    /** Measures honest clients for a time, together with hostile ones if there are any. */
    private Phase phase(
            SiegeTarget target, HonestLoad load, double rate, int seconds, String round, List<HostileKind> kinds)
            throws Exception {
        try (Siege siege = kinds.isEmpty() ? null : Siege.begin(home, round, target.target(), kinds, seconds)) {
            return measure(target, load, rate, seconds, siege);
        }
    }

    private Phase measure(SiegeTarget target, HonestLoad load, double rate, int seconds, Siege siege) throws Exception {
        long begin = System.currentTimeMillis();
        ServerProcess.Mark mark = target.process().mark();
        ArrayNode samples = JSON.createArrayNode();
        ExecutorService sampler = Executors.newSingleThreadExecutor();
        JsonNode hostile;
        HonestLoad.Result result;
        try {
            sampler.execute(() -> sample(target.process(), begin, samples));
            result = load.offer(rate, Duration.ofSeconds(seconds));
            hostile = siege == null ? JSON.createObjectNode() : siege.outcome();
        } finally {
            sampler.shutdownNow();
            sampler.awaitTermination(1, TimeUnit.MINUTES);
        }
        LoopFigures loops = target.loops(begin, System.currentTimeMillis());
        List<Double> heap = loops.heapMib();
        for (int i = 0; i < Math.min(heap.size(), samples.size()); i++) {
            ((ObjectNode) samples.get(i)).put("heap_mib", Report.rounded(heap.get(i)));
        }
        boolean isRunning = target.process().isRunning();
        SiegeRound measured = new SiegeRound(
                result,
                loops.longestMs(LoopFigures.Line::turnMicros),
                loops.longestMs(LoopFigures.Line::cpuMicros),
                loops.secondsOver(LONG_TURN_MS),
                isRunning ? target.process().since(mark).cpuSeconds() : Double.NaN,
                hostile.path("cpu_s").asDouble(Double.NaN),
                heap.isEmpty() ? Double.NaN : heap.get(heap.size() - 1),
                isRunning ? target.process().residentMib() : Double.NaN);
        return new Phase(measured, hostile, samples);
    }

    private void sample(ServerProcess process, long begin, ArrayNode samples) {
        try {
            while (process.isRunning()) {
                TimeUnit.SECONDS.sleep(sampleEvery());
                samples.addObject()
                        .put("s", (System.currentTimeMillis() - begin) / 1_000)
                        .put("resident_mib", Report.rounded(process.residentMib()));
            }
        } catch (InterruptedException isOver) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            samples.addObject().put("error", e.toString());
        }
    }

    private static Map<String, Long> difference(Map<String, Double> before, Map<String, Double> after) {
        Map<String, Long> more = new TreeMap<>();
        after.forEach((name, value) -> {
            long difference = Math.round(value - before.getOrDefault(name, 0.0));
            if (difference > 0) {
                more.put(name, difference);
            }
        });
        return more;
    }

    /** Checks the final state: lost events, and whether the process works. */
    private ObjectNode judge(String brokers, SiegeTarget target, HonestLoad load, BenchTopic topic)
            throws IOException, InterruptedException {
        HonestRecords records = HonestRecords.read(brokers, topic.name());
        long lost = records.lost(load.acknowledged());
        boolean isRunning = target.process().isRunning();
        boolean isLive = isRunning && target.answers("/observe/health/live");
        if (lost > 0) {
            failures.add("%s: %,d acknowledged events are not in Kafka".formatted(topic.name(), lost));
        }
        if (records.suppressed() > 0) {
            failures.add("%s: the document ids of %,d events are also those of other records"
                    .formatted(topic.name(), records.suppressed()));
        }
        if (!isRunning) {
            failures.add("%s: the process ended with exit code %d"
                    .formatted(topic.name(), target.process().exitCode()));
        } else if (!isLive) {
            failures.add("%s: the process does not report that it is live".formatted(topic.name()));
        }
        return JSON.createObjectNode()
                .put("acknowledged", load.acknowledged().cardinality())
                .put("lost", lost)
                .put("twice", records.twice())
                .put("other_records", records.foreign())
                .put("suppressed", records.suppressed())
                .put("restarts", isRunning ? 0 : 1)
                .put("live", isLive);
    }

    private static void print(Phase siege, Map<String, Long> counted, ObjectNode end) {
        System.out.println("\nHostile clients:");
        siege.hostile().path("kinds").properties().forEach(each -> printKind(each.getKey(), each.getValue()));
        System.out.println("\nThe slowest acknowledgement of each second, in ms:");
        System.out.println("  " + Arrays.toString(siege.round().load().slowestMs()));
        System.out.println("\nRejected requests of regular clients:");
        printCounts(siege.round().load().reasons());
        System.out.println("\nHeap after a full collection, and resident memory:");
        siege.samples().forEach(each -> System.out.println("  " + each));
        System.out.println("\nCounters of Wadi during the siege:");
        printCounts(counted);
        System.out.println("\nIn the end: " + end);
    }

    private static void printCounts(Map<String, Long> counts) {
        counts.forEach((name, count) -> System.out.printf(Locale.ROOT, "  %,12d  %s%n", count, name));
    }

    private static void printKind(String kind, JsonNode outcome) {
        System.out.printf(
                Locale.ROOT,
                "  %-20s opened %,7d, sent %,8d (%,d KB), open in the end %,5d: %s%n",
                kind,
                outcome.path("opened").asLong(),
                outcome.path("sent").asLong(),
                outcome.path("bytes").asLong() / 1_000,
                outcome.path("open_at_end").asLong(),
                outcome.path("answers"));
    }

    // ---- each kind alone

    private void besiegeByEach(String brokers, SiegePort port) throws Exception {
        double machineLoad = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        double rate = options.rate() > 0 ? options.rate() : RATE_ALONE;
        Map<String, List<SiegeRound>> rounds = new LinkedHashMap<>();
        ObjectNode outcomes = JSON.createObjectNode();
        List<HostileKind> left = new ArrayList<>(options.kindsAgainst(port));
        for (int life = 1; !left.isEmpty(); life++) {
            String name = "%s-%d".formatted(port.label(), life);
            try (BenchTopic topic = BenchTopic.create(brokers, "siege-" + name);
                    SiegeTarget target = SiegeTarget.start(home, brokers, topic, port, name, sampleEvery());
                    HonestLoad load = new HonestLoad(
                            target.target().port(), port.hasTls(), topic.name(), options.connections())) {
                load.saturate(Duration.ofSeconds(options.warmUp()));
                rounds.putIfAbsent(
                        CALM,
                        List.of(phase(target, load, rate, options.calm(), name + "-calm", List.of())
                                .round()));
                boolean works = true;
                while (works && !left.isEmpty()) {
                    HostileKind kind = left.remove(0);
                    Phase phase = phase(target, load, rate, options.seconds(), name + "-" + kind.name(), List.of(kind));
                    rounds.put(kind.name(), List.of(phase.round()));
                    JsonNode outcome = phase.hostile().path("kinds").path(kind.name());
                    works = works(target, load, rate);
                    ((ObjectNode) outcome).put("works_afterwards", works).set("samples", phase.samples());
                    outcomes.set(kind.name(), outcome);
                    printKind(kind.name(), outcome);
                    if (!works) {
                        failures.add(kind.name() + ": the process is not live any more");
                    }
                }
                failIfLost(brokers, load, topic);
            }
        }
        System.out.print(report.add("each kind alone over " + port.label(), rounds, SiegeRound.FIGURES, machineLoad));
        report.addDetail("kinds", outcomes);
    }

    /** Returns whether honest clients receive responses after the end of the attack. */
    private static boolean works(SiegeTarget target, HonestLoad load, double rate)
            throws IOException, InterruptedException {
        load.offer(rate, Duration.ofSeconds(3));
        return target.process().isRunning()
                && load.offer(rate, Duration.ofSeconds(2)).goodput() > rate * WELL
                && target.answers("/observe/health/live");
    }

    private void failIfLost(String brokers, HonestLoad load, BenchTopic topic) throws IOException {
        long lost = HonestRecords.read(brokers, topic.name()).lost(load.acknowledged());
        if (lost > 0) {
            failures.add("%s: %,d acknowledged events are not in Kafka".formatted(topic.name(), lost));
        }
    }
}
