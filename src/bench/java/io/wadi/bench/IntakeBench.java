package io.wadi.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Measures subjects that accept the same events in turn, each round with its own JVM and topic. */
final class IntakeBench {
    /** Number of connections with which a subject's capacity is measured. */
    private static final int CAPACITY_CONNECTIONS = 400;

    /** Minimum length of the warm-up, as a multiple of the measured time. */
    private static final int WARM_UP = 2;

    /**
     * Share of a core below which the JIT compilers count as idle. Code that is not compiled yet needs several times
     * the CPU time.
     */
    private static final double RESTING = 0.05;

    /** Maximum delay of a request of an open load. */
    private static final Duration TIMEOUT = Duration.ofMillis(100);

    private final BenchHome home;
    private final IntakeOptions options;
    private final FigureReport report;
    private List<Long> brokers = List.of();

    IntakeBench(Path project, IntakeOptions options) throws IOException {
        this.home = new BenchHome(project, "intake");
        this.options = options;
        this.report = new FigureReport("intake", home.commit());
    }

    /** Measures one round of a subject in a case. */
    private interface Measurement<R> {
        R of(IntakeCase sent, IntakeTarget target, String round) throws IOException, InterruptedException;
    }

    /** Measures all cases, prints a table for each and writes target/bench/intake.json. */
    void run() throws Exception {
        if (!options.cases().stream().allMatch(IntakeCase::isOpenLoop)) {
            Wrk.requireInstalled();
        }
        home.clean();
        Files.write(IntakeTarget.events(home), Requests.lines(Requests.events()));
        System.out.println("Starting Kafka");
        Path directory = home.work().resolve("servers");
        try (BenchServers servers = BenchServers.kafka(directory)) {
            brokers = servers.ids();
            for (IntakeCase each : options.cases()) {
                if (each.isOpenLoop()) {
                    measure(servers, each, OpenRound.FIGURES, this::open);
                } else {
                    measure(servers, each, IntakeRound.FIGURES, this::closed);
                }
                report.write(home.project().resolve(home.result()));
            }
        }
        BenchHome.delete(directory);
        System.out.println("\nWritten: " + home.result());
    }

    private <R> void measure(BenchServers servers, IntakeCase sent, List<Figure<R>> figures, Measurement<R> measurement)
            throws Exception {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        List<IntakeSubject> order = new ArrayList<>(sent.of(options.subjects()));
        Map<String, List<R>> rounds = new LinkedHashMap<>();
        order.forEach(each -> rounds.put(each.label(), new ArrayList<>()));
        for (int number = 1; number <= options.rounds(); number++) {
            for (IntakeSubject each : order) {
                String round = "%s-%s-%d".formatted(sent.label(), each.label(), number);
                try (IntakeTarget target =
                        IntakeTarget.start(home, options, servers.brokers(), each, round, sent.hasSchema())) {
                    R measured = measurement.of(sent, target, round);
                    rounds.get(each.label()).add(measured);
                    double rate = figures.get(0).of().applyAsDouble(measured);
                    System.out.printf(
                            Locale.ROOT,
                            "  %-22s %,9d %s%n",
                            round,
                            Math.round(rate),
                            figures.get(0).heading());
                }
            }
            // Rotates, so that no subject is always first.
            Collections.rotate(order, 1);
        }
        System.out.print(report.add(sent.title(), rounds, figures, load));
    }

    /** Measures a round with clients that wait for their responses. */
    private IntakeRound closed(IntakeCase sent, IntakeTarget target, String round)
            throws IOException, InterruptedException {
        if (target.subject() == IntakeSubject.PRODUCER) {
            return filling(target);
        }
        Path requests = home.ofRound(round, ".requests");
        Requests.write(Requests.posting(target.topic().name(), sent.events(), sent.hasIds()), requests);
        Wrk wrk = new Wrk(home, round, requests, target.port(), sent.connections());
        List<Wrk.Result> warmUp = warmUp(target.process(), () -> wrk.run(options.seconds()));
        ServerProcess.Mark begin = target.process().mark();
        Wrk.Result measured = wrk.run(options.seconds());
        ServerProcess.Spent spent = target.process().since(begin);
        Files.delete(requests);
        List<Wrk.Result> all = new ArrayList<>(warmUp);
        all.add(measured);
        long accepted = all.stream().mapToLong(Wrk.Result::accepted).sum();
        long failed = all.stream().mapToLong(Wrk.Result::failures).sum();
        // wrk does not report the response to the last request of each connection.
        long lastOnes = (long) all.size() * sent.connections();
        target.check(accepted * sent.events(), (lastOnes + failed) * sent.events());
        return IntakeRound.of(measured, sent.events(), spent);
    }

    /** A part of a warm-up. */
    private interface Piece<R> {
        R sent() throws IOException;
    }

    /** Warms up in parts of the measured length until the JIT compilers are idle; returns the result of each part. */
    private <R> List<R> warmUp(ServerProcess process, Piece<R> piece) throws IOException {
        List<R> pieces = new ArrayList<>();
        double compilers;
        do {
            ServerProcess.Mark begin = process.mark();
            pieces.add(piece.sent());
            compilers = process.since(begin).compilersSeconds() / options.seconds();
        } while (pieces.size() < WARM_UP
                || (compilers > RESTING && (pieces.size() + 1) * options.seconds() <= options.warmUp()));
        return pieces;
    }

    private IntakeRound filling(IntakeTarget producer) throws IOException, InterruptedException {
        TimeUnit.SECONDS.sleep(options.seconds());
        ServerProcess.Mark begin = producer.process().mark();
        long first = producer.topic().records();
        long beginNanos = System.nanoTime();
        TimeUnit.SECONDS.sleep(options.seconds());
        long records = producer.topic().records() - first;
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        return IntakeRound.filling(records, seconds, producer.process().since(begin));
    }

    /** Measures a round with an open load. */
    private OpenRound open(IntakeCase sent, IntakeTarget target, String round) throws IOException {
        Duration length = Duration.ofSeconds(options.seconds());
        List<byte[]> requests = Requests.posting(target.topic().name(), sent.events(), sent.hasIds());
        List<Long> servers = new ArrayList<>(brokers);
        servers.add(target.process().id());
        try (Cores apart = Cores.apart(servers);
                OpenLoad load = new OpenLoad(
                        target.port(),
                        sent.hasIds() ? Requests.withNewIds(requests) : Requests.inTurn(requests),
                        TIMEOUT)) {
            List<OpenLoad.Result> all = warmUp(target.process(), () -> load.saturate(CAPACITY_CONNECTIONS, length));
            OpenLoad.Result saturated = load.saturate(CAPACITY_CONNECTIONS, length);
            ServerProcess.Mark begin = target.process().mark();
            OpenLoad.Result offered = load.offer(sent.rate(saturated.goodput()), sent.connections(), length);
            ServerProcess.Spent spent = target.process().since(begin);
            all.add(saturated);
            all.add(offered);
            target.check(
                    sent.events()
                            * all.stream()
                                    .mapToLong(OpenLoad.Result::acknowledged)
                                    .sum(),
                    sent.events()
                            * all.stream()
                                    .mapToLong(OpenLoad.Result::notAcknowledged)
                                    .sum());
            return new OpenRound(saturated.goodput(), offered, spent.peakHeapMib());
        }
    }
}
