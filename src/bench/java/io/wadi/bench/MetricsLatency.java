package io.wadi.bench;

import static io.wadi.bench.Report.whole;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** How long an alert takes while documents come at a steady rate, whatever has become of those before. */
final class MetricsLatency {
    /** So many times as long as measured. */
    private static final int WARM_UP = 2;

    /** Documents a second until the first alert, which tells that the subject has started. */
    private static final double AT_START = 1_000;

    private static final Duration A_WHILE = Duration.ofMillis(100);

    private final BenchHome home;
    private final BenchServers servers;
    private final MetricFleet fleet;
    private final MetricsOptions options;

    MetricsLatency(BenchHome home, BenchServers servers, MetricFleet fleet, MetricsOptions options) {
        this.home = home;
        this.servers = servers;
        this.fleet = fleet;
        this.options = options;
    }

    String title() {
        return "latency: from document to alert at %s documents/s".formatted(whole(options.rate()));
    }

    /** Measures one round; fails where an alert is missing, or is there twice. */
    AlertLatency round(MetricsSubject subject, String round, Properties job) throws Exception {
        // Its records' timestamps are when they were appended.
        Map<String, String> settings = Map.of("message.timestamp.type", "LogAppendTime");
        try (BenchTopic source = BenchTopic.create(servers.brokers(), round, settings);
                MetricTopics topics = MetricTopics.create(servers.brokers(), round);
                AlertWatch alerts = new AlertWatch(servers.brokers(), round);
                MetricLoad load = new MetricLoad(servers.brokers(), round, fleet)) {
            job.setProperty("topic", source.name());
            job.setProperty("records", "0");
            job.setProperty("group", round);
            topics.describe(job, "", 0);
            try (ServerProcess process = start(subject, round, job)) {
                process.await(() -> {
                    load.offer(AT_START, A_WHILE);
                    return alerts.found() > 0;
                });
                return measure(process, load, alerts);
            }
        }
    }

    private ServerProcess start(MetricsSubject subject, String round, Properties job) throws IOException {
        Path file = home.ofRound(round, ".job");
        try (OutputStream out = Files.newOutputStream(file)) {
            job.store(out, round);
        }
        List<String> arguments = List.of(
                "-cp",
                home.classPath(subject.module(), home.jar()),
                "io.wadi.bench.subject.RoutingMain",
                subject.main(),
                file.toString());
        return ServerProcess.start(home, round, arguments, Map.of());
    }

    private AlertLatency measure(ServerProcess process, MetricLoad load, AlertWatch alerts)
            throws IOException, InterruptedException {
        List<Long> loaded = new ArrayList<>(servers.ids());
        loaded.add(process.id());
        Duration length = Duration.ofSeconds(options.seconds());
        try (Cores apart = Cores.apart(loaded)) {
            load.offer(options.rate(), length.multipliedBy(WARM_UP));
            ServerProcess.Mark begin = process.mark();
            long first = load.next();
            long beginNanos = System.nanoTime();
            load.offer(options.rate(), length);
            double seconds = (System.nanoTime() - beginNanos) / 1e9;
            long last = load.next();
            ServerProcess.Spent spent = process.since(begin);
            alerts.await(load.finish());
            return new AlertLatency(
                    (last - first) / seconds,
                    alerts.latencies(first, last, load::appended),
                    spent.cpuSeconds() * 1e6 / (last - first),
                    spent.peakHeapMib());
        }
    }
}
