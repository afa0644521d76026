package io.wadi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Ports;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** Has Wadi judge payments by card, each round in a JVM and an application of its own. */
final class CardsBench {
    /** The route of the shipped file that judges; what lands needs HDFS, and is measured by the bench of landing. */
    private static final String ROUTE = """
            - route:
                id: card-payments
                from: {uri: "streams:card-payments", steps: [{log: {message: "${body}"}}]}
            """;

    private static final List<Figure<DocumentsRound>> FIGURES = List.of(
            Figure.of("payments_per_cpu_s", "pay/s a core", round -> round.documents() / round.cpuSeconds()),
            Figure.of("payments_per_s", "payments/s", DocumentsRound::rate),
            Figure.of("cpu_us_per_payment", "CPU us/pay", round -> round.cpuSeconds() * 1e6 / round.documents()),
            Figure.of("peak_heap_mib", "heap MiB", DocumentsRound::peakHeapMib));

    private final BenchHome home;
    private final CardsOptions options;
    private final FigureReport report;
    private final CardPayments payments = new CardPayments();

    CardsBench(Path project, CardsOptions options) throws IOException {
        this.home = new BenchHome(project, "cards");
        this.options = options;
        this.report = new FigureReport("cards", home.commit());
    }

    /** Measures all cases, prints a table for each and writes target/bench/cards.json. */
    void run() throws Exception {
        home.clean();
        home.copyConfiguration(
                List.of("application.properties", "topics.yaml", "routes/errors.camel.yaml"), configuration());
        Files.writeString(configuration().resolve("routes/card-payments.camel.yaml"), ROUTE);
        System.out.println("Training a model");
        payments.train(models());
        System.out.println("Starting Kafka");
        Path directory = home.work().resolve("servers");
        try (BenchServers servers = BenchServers.kafka(directory)) {
            for (CardsCase each : options.cases()) {
                switch (each) {
                    case THROUGHPUT -> throughput(servers);
                    case LATENCY -> latency(servers);
                }
                report.write(home.project().resolve(home.result()));
            }
        }
        BenchHome.delete(directory);
        System.out.println("\nWritten: " + home.result());
    }

    private Path configuration() {
        return home.work().resolve("wadi");
    }

    private Path models() {
        return home.work().resolve("models");
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private void throughput(BenchServers servers) throws Exception {
        double before = load();
        String brokers = servers.brokers();
        long many = options.payments();
        List<DocumentsRound> rounds = new ArrayList<>();
        try (BenchTopic warmUp =
                        BenchTopic.filled(brokers, "warm-up", 2 * many, number -> payments.record("warm-up", number));
                BenchTopic full =
                        BenchTopic.filled(brokers, "payments", many, number -> payments.record("payments", number))) {
            for (int number = 1; number <= options.rounds(); number++) {
                String name = "throughput-" + number;
                try (BenchTopic warmed = BenchTopic.create(brokers, "before-" + name);
                        BenchTopic warmedAlerts = BenchTopic.create(brokers, "before-" + name + ".alerts");
                        BenchTopic verdicts = BenchTopic.create(brokers, name);
                        BenchTopic alerts = BenchTopic.create(brokers, name + ".alerts")) {
                    Properties job = job(brokers, name);
                    describe(job, "warm-up.", warmUp, warmed);
                    describe(job, "", full, verdicts);
                    job.setProperty("heap", "512m");
                    String classPath = home.classPath("own", home.jar());
                    rounds.add(DocumentsRound.of(
                            many,
                            SubjectProcess.run(home, name, classPath, "io.wadi.bench.subject.CardsWadiSubject", job)));
                    check(brokers, name, many);
                } finally {
                    BenchHome.delete(state(name));
                }
            }
        }
        print(
                String.format(
                        Locale.ROOT, "throughput: %,d payments of 1,500 cards, one thread, a forest of 60 trees", many),
                rounds,
                FIGURES,
                before);
    }

    private void latency(BenchServers servers) throws Exception {
        double before = load();
        String brokers = servers.brokers();
        List<CardsLatency> rounds = new ArrayList<>();
        for (int number = 1; number <= options.rounds(); number++) {
            String name = "latency-" + number;
            try (BenchTopic in = BenchTopic.create(brokers, "payments-" + name);
                    BenchTopic verdicts = BenchTopic.create(brokers, name);
                    BenchTopic alerts = BenchTopic.create(brokers, name + ".alerts")) {
                Properties job = job(brokers, name);
                describe(job, "", in, verdicts);
                job.setProperty("records", "0");
                rounds.add(CardsLatency.measure(home, servers, payments, options, name, job));
            } finally {
                BenchHome.delete(state(name));
            }
        }
        print(
                String.format(
                        Locale.ROOT, "latency: from payment to committed verdict at %,d payments/s", options.rate()),
                rounds,
                CardsLatency.FIGURES,
                before);
    }

    private <R> void print(String title, List<R> rounds, List<Figure<R>> figures, double before) {
        System.out.print(report.add(title, Map.of("wadi", rounds), figures, before));
    }

    private Path state(String round) {
        return home.work().resolve("state").resolve(round);
    }

    private Properties job(String brokers, String round) {
        Properties job = new Properties();
        job.setProperty("brokers", brokers);
        job.setProperty("partitions", Integer.toString(BenchTopic.PARTITIONS));
        job.setProperty("http-port", Integer.toString(Ports.free()));
        job.setProperty("management-port", Integer.toString(Ports.free()));
        job.setProperty("wadi-config", configuration().toString());
        job.setProperty("models", models().toString());
        job.setProperty("state-directory", state(round).toString());
        return job;
    }

    private static void describe(Properties job, String prefix, BenchTopic in, BenchTopic verdicts) throws IOException {
        job.setProperty(prefix + "topic", in.name());
        job.setProperty(prefix + "records", Long.toString(in.records()));
        job.setProperty(prefix + "group", "of-" + verdicts.name());
        job.setProperty(prefix + "directory", verdicts.name());
        job.setProperty(prefix + "restart", "false");
    }

    /** Each payment has one verdict, by the model. */
    private static void check(String brokers, String topic, long payments) throws IOException {
        BitSet judged = new BitSet();
        long[] wrong = new long[1];
        KafkaProbe.forEach(brokers, topic, found -> {
            int number = (int) CardPayments.number(found.value());
            boolean isByModel = new String(found.value(), UTF_8).contains("\"model\":1");
            if (number < 0 || judged.get(number) || !isByModel) {
                wrong[0]++;
            } else {
                judged.set(number);
            }
        });
        if (judged.cardinality() != payments || wrong[0] > 0) {
            throw new IOException("%s: of %,d payments %,d have a verdict of the model, and %,d verdicts are wrong"
                    .formatted(topic, payments, judged.cardinality(), wrong[0]));
        }
    }
}
