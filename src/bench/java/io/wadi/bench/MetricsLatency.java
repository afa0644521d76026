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
import org.HdrHistogram.Histogram;

/** Measures the latency of alerts while documents arrive at a constant rate, regardless of earlier ones. */
final class MetricsLatency {
    /** Length of the warm-up, as a multiple of the measured time. */
    private static final int WARM_UP = 2;

    /** Documents per second until the first alert, which shows that the subject has started. */
    private static final double AT_START = 1_000;

    /** Suffix of the group that evaluates the rules, after the round's name. */
    private static final String RULES_GROUP = "-rules";

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
        return "latency: from document to alert at %s documents/s%s"
                .formatted(whole(options.rate()), options.apart() ? ", the generator on a core of its own" : "");
    }

    /** Measures one round; fails if an alert is missing or is a duplicate. */
    AlertLatency round(MetricsSubject subject, String round, Properties job) throws Exception {
        // The timestamps of records are append times.
        Map<String, String> settings = Map.of("message.timestamp.type", "LogAppendTime");
        AlertTopics reported = new AlertTopics(servers.brokers(), round);
        try (BenchTopic source = BenchTopic.create(servers.brokers(), round, settings);
                MetricTopics topics = MetricTopics.create(servers.brokers(), round, subject);
                AlertWatch alerts = reported.alerts();
                AlertWatch changes = subject.hasRules() ? reported.changes() : null;
                MetricLoad load = new MetricLoad(servers.brokers(), round, fleet)) {
            job.setProperty("topic", source.name());
            job.setProperty("records", "0");
            job.setProperty("group", round);
            topics.describe(job, "", 0);
            try (ServerProcess process = start(subject, round, job)) {
                process.await(() -> {
                    load.offer(AT_START, A_WHILE);
                    return alerts.found() > 0 && (changes == null || changes.found() > 0);
                });
                Window window = offer(process, load);
                alerts.await(AlertTopics.alertsOf(window.documents()));
                if (changes != null) {
                    changes.await(reported.changesOf(round + RULES_GROUP));
                }
                return window.measured(alerts, changes, load);
            }
        }
    }

    /**
     * The measured interval.
     *
     * @param first the number of the first document
     * @param last the number after the last document
     * @param documents the number of all documents appended since the start of the subject
     */
    private record Window(long first, long last, double seconds, ServerProcess.Spent spent, long documents) {

        AlertLatency measured(AlertWatch alerts, AlertWatch changes, MetricLoad load) {
            return new AlertLatency(
                    (last - first) / seconds,
                    alerts.latencies(first, last, load::appended),
                    changes == null ? new Histogram(3) : changes.latencies(first, last, load::appended),
                    spent.cpuSeconds() * 1e6 / (last - first),
                    spent.peakHeapMib());
        }
    }

    private ServerProcess start(MetricsSubject subject, String round, Properties job) throws IOException {
        Path file = home.ofRound(round, ".job");
        try (OutputStream out = Files.newOutputStream(file)) {
            job.store(out, round);
        }
        List<String> arguments = List.of(
                "-cp",
                home.classPath(subject.module(), options.jar(home, subject)),
                "io.wadi.bench.subject.RoutingMain",
                subject.main(),
                file.toString());
        return ServerProcess.start(home, round, arguments, Map.of());
    }

    private Window offer(ServerProcess process, MetricLoad load) throws IOException {
        List<Long> loaded = new ArrayList<>(servers.ids());
        loaded.add(process.id());
        if (!options.apart()) {
            return offerFor(Duration.ofSeconds(options.seconds()), process, load);
        }
        try (Cores apart = Cores.apart(loaded)) {
            return offerFor(Duration.ofSeconds(options.seconds()), process, load);
        }
    }

    private Window offerFor(Duration length, ServerProcess process, MetricLoad load) throws IOException {
        load.offer(options.rate(), length.multipliedBy(WARM_UP));
        ServerProcess.Mark begin = process.mark();
        long first = load.next();
        long beginNanos = System.nanoTime();
        load.offer(options.rate(), length);
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        return new Window(first, load.next(), seconds, process.since(begin), load.finish());
    }
}
