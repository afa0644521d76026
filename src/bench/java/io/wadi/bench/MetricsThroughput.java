package io.wadi.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Measures how fast subjects route a prefilled topic of metric documents. */
final class MetricsThroughput implements AutoCloseable {
    private static final int SAMPLE = 10_000;

    private final BenchHome home;
    private final BenchServers servers;
    private final MetricFleet fleet;
    private final MetricsOptions options;
    private final long documents;
    /**
     * The warm-up volume, in another topic, so that the measured one is new to the process. After twice the volume the
     * JVM has compiled most of the code.
     */
    private final long warmUp;

    private final List<BenchTopic> filled = new ArrayList<>();

    MetricsThroughput(BenchHome home, BenchServers servers, MetricFleet fleet, MetricsOptions options) {
        this.home = home;
        this.servers = servers;
        this.fleet = fleet;
        this.options = options;
        this.documents = options.documents();
        this.warmUp = 2 * documents;
    }

    String title() {
        long alerts = MetricOutput.CPU_ALERT.records(documents) + MetricOutput.MEMORY_ALERT.records(documents);
        double bytes = LongStream.range(0, SAMPLE)
                .map(number -> fleet.document(number).length)
                .average()
                .orElseThrow();
        return String.format(
                Locale.ROOT,
                "throughput: %,d documents of %,.0f B, %,d of them over a threshold",
                documents,
                bytes,
                alerts);
    }

    /** Fills the topics that all rounds read. */
    void fill() throws ExecutionException, InterruptedException {
        fill(documents);
        fill(warmUp);
    }

    private static String topic(long documents) {
        return "metric-all-" + documents;
    }

    private void fill(long number) throws ExecutionException, InterruptedException {
        filled.add(BenchTopic.filled(
                servers.brokers(),
                topic(number),
                number,
                each -> new ProducerRecord<>(topic(number), fleet.key(each), fleet.document(each))));
    }

    /** Measures one round and checks its outputs. */
    DocumentsRound round(MetricsSubject subject, String round, Properties job) throws Exception {
        job.setProperty(
                "servers",
                servers.processes().map(each -> Long.toString(each.pid())).collect(Collectors.joining(",")));
        try (MetricTopics warmed = MetricTopics.create(servers.brokers(), round + "-warm-up", subject);
                MetricTopics measured = MetricTopics.create(servers.brokers(), round, subject)) {
            describe(job, "warm-up.", warmUp, round + "-warm-up");
            warmed.describe(job, "warm-up.", warmUp);
            describe(job, "", documents, round);
            measured.describe(job, "", documents);
            String classPath = home.classPath(subject.module(), options.jar(home, subject));
            Properties result = SubjectProcess.run(home, round, classPath, subject.main(), job);
            measured.check(fleet, documents);
            return DocumentsRound.of(documents, result);
        }
    }

    private static void describe(Properties job, String prefix, long records, String group) {
        job.setProperty(prefix + "topic", topic(records));
        job.setProperty(prefix + "records", Long.toString(records));
        job.setProperty(prefix + "group", group);
    }

    /** Deletes the filled topics. */
    @Override
    public void close() {
        filled.forEach(BenchTopic::close);
    }
}
