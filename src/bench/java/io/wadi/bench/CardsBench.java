package io.wadi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.local.Ports;
import io.wadi.testing.KafkaProbe;
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

/** Measures how Wadi scores card payments, each round in its own JVM and application. */
final class CardsBench {
    /**
     * The scoring route of the shipped file. Its landing route is left out: it needs HDFS, and the landing benchmark
     * measures it.
     */
    private static final String ROUTE = """
            - route:
                id: card-payments
                from: {uri: "streams:card-payments", steps: [{log: {message: "${body}"}}]}
            """;

    /**
     * Number of measured volumes that are scored before the measurement begins, since the JVM compiles much code in
     * that time.
     */
    private static final int WARM_UP_TIMES = 2;

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
        long warmUp = WARM_UP_TIMES * options.payments();
        long all = warmUp + options.payments();
        List<CardsThroughput> rounds = new ArrayList<>();
        try (BenchTopic full =
                BenchTopic.filled(brokers, "payments", all, number -> payments.record("payments", number))) {
            for (int number = 1; number <= options.rounds(); number++) {
                String name = "throughput-" + number;
                try (BenchTopic decisions = BenchTopic.create(brokers, name);
                        BenchTopic alerts = BenchTopic.create(brokers, name + ".alerts")) {
                    Properties job = job(brokers, name);
                    describe(job, full, decisions);
                    rounds.add(CardsThroughput.measure(home, name, job, warmUp, all));
                    check(brokers, name, all);
                } finally {
                    BenchHome.delete(state(name));
                }
            }
        }
        print(
                String.format(
                        Locale.ROOT,
                        "throughput: %,d payments of 1,500 cards, one thread, a forest of 60 trees",
                        options.payments()),
                rounds,
                CardsThroughput.FIGURES,
                before);
    }

    private void latency(BenchServers servers) throws Exception {
        double before = load();
        String brokers = servers.brokers();
        List<CardsLatency> rounds = new ArrayList<>();
        for (int number = 1; number <= options.rounds(); number++) {
            String name = "latency-" + number;
            try (BenchTopic in = BenchTopic.create(brokers, "payments-" + name);
                    BenchTopic decisions = BenchTopic.create(brokers, name);
                    BenchTopic alerts = BenchTopic.create(brokers, name + ".alerts")) {
                Properties job = job(brokers, name);
                describe(job, in, decisions);
                rounds.add(CardsLatency.measure(home, servers, payments, options, name, job));
            } finally {
                BenchHome.delete(state(name));
            }
        }
        print(
                String.format(
                        Locale.ROOT, "latency: from payment to committed decision at %,d payments/s", options.rate()),
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
        job.setProperty("http-port", Integer.toString(Ports.free()));
        job.setProperty("management-port", Integer.toString(Ports.free()));
        job.setProperty("wadi-config", configuration().toString());
        job.setProperty("models", models().toString());
        job.setProperty("state-directory", state(round).toString());
        return job;
    }

    private static void describe(Properties job, BenchTopic in, BenchTopic decisions) {
        job.setProperty("topic", in.name());
        job.setProperty("group", "of-" + decisions.name());
        job.setProperty("decisions", decisions.name());
    }

    /** Checks that each payment has one decision, made by the model. */
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
            throw new IOException("%s: of %,d payments %,d have a decision of the model, and %,d decisions are wrong"
                    .formatted(topic, payments, judged.cardinality(), wrong[0]));
        }
    }
}
