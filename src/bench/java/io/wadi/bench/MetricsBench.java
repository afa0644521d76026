package io.wadi.bench;

import io.wadi.local.Ports;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** Measures subjects that route the same documents in turn, each round with its own JVM, group and topics. */
final class MetricsBench {
    private final BenchHome home;
    private final MetricsOptions options;
    private final FigureReport report;

    MetricsBench(Path project, MetricsOptions options) throws IOException {
        this.home = new BenchHome(project, "metrics");
        this.options = options;
        this.report = new FigureReport("metrics", home.commit(), MetricsSubject.STREAMS.label());
    }

    /** Measures one round of a subject in a case. */
    private interface Measurement<R> {
        R of(MetricsSubject subject, String round) throws Exception;
    }

    /** Measures all cases, prints a table for each and writes target/bench/metrics.json. */
    void run() throws Exception {
        home.clean();
        List<MetricsSubject> subjects = subjects();
        for (MetricsSubject each : subjects) {
            home.copyConfiguration(each.configuration(), configuration(each));
        }
        System.out.println("Starting Kafka");
        Path directory = home.work().resolve("servers");
        try (BenchServers servers = BenchServers.kafka(directory)) {
            MetricFleet fleet = new MetricFleet();
            if (options.cases().contains(MetricsOptions.THROUGHPUT)) {
                try (MetricsThroughput throughput = new MetricsThroughput(home, servers, fleet, options)) {
                    throughput.fill();
                    measure(
                            throughput.title(),
                            subjects,
                            DocumentsRound.FIGURES,
                            (subject, round) -> throughput.round(subject, round, job(servers, subject)));
                }
            }
            if (options.cases().contains(MetricsOptions.LATENCY)) {
                MetricsLatency latency = new MetricsLatency(home, servers, fleet, options);
                measure(
                        latency.title(),
                        subjects,
                        AlertLatency.FIGURES,
                        (subject, round) -> latency.round(subject, round, job(servers, subject)));
            }
        }
        BenchHome.delete(directory);
        System.out.println("\nWritten: " + home.result());
    }

    private Path configuration(MetricsSubject subject) {
        return home.work().resolve(subject.label());
    }

    private List<MetricsSubject> subjects() throws IOException {
        List<MetricsSubject> there = new ArrayList<>();
        for (MetricsSubject each : options.subjects()) {
            if (each.isThere(home.project())) {
                there.add(each);
            } else {
                System.out.printf("%s is skipped: this Wadi has no setting %s%n", each.label(), each.setting());
            }
        }
        return there;
    }

    private <R> void measure(
            String title, List<MetricsSubject> subjects, List<Figure<R>> figures, Measurement<R> measurement)
            throws Exception {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        System.out.printf("%n%s%n", title);
        List<MetricsSubject> order = new ArrayList<>(subjects);
        Map<String, List<R>> rounds = new LinkedHashMap<>();
        order.forEach(each -> rounds.put(each.label(), new ArrayList<>()));
        for (int number = 1; number <= options.rounds(); number++) {
            for (MetricsSubject each : order) {
                String round = "%s-%s-%d".formatted(title.replaceAll(":.*", ""), each.label(), number);
                R measured = measurement.of(each, round);
                rounds.get(each.label()).add(measured);
                double main = figures.get(0).of().applyAsDouble(measured);
                System.out.printf(
                        Locale.ROOT,
                        "  %-24s %,9d %s%n",
                        round,
                        Math.round(main),
                        figures.get(0).heading());
            }
            // Rotates, so that no subject is always first.
            Collections.rotate(order, 1);
        }
        System.out.print(report.add(title, rounds, figures, load));
        report.write(home.project().resolve(home.result()));
    }

    /** Returns the properties that all jobs of a subject have. */
    private Properties job(BenchServers servers, MetricsSubject subject) {
        Properties job = new Properties();
        job.setProperty("brokers", servers.brokers());
        job.setProperty("partitions", Integer.toString(BenchTopic.PARTITIONS));
        job.setProperty("http-port", Integer.toString(Ports.free()));
        job.setProperty("management-port", Integer.toString(Ports.free()));
        job.setProperty("wadi-config", configuration(subject).toString());
        if (!subject.setting().isEmpty()) {
            job.setProperty(subject.setting(), "true");
        }
        return job;
    }
}
