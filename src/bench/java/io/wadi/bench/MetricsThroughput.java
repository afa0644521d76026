package io.wadi.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** How fast a prefilled topic of metric documents is routed. */
final class MetricsThroughput implements AutoCloseable {
    private static final int SAMPLE = 10_000;

    private final BenchHome home;
    private final BenchServers servers;
    private final MetricFleet fleet;
    private final long documents;
    /** A topic of its own, so that the measured one is new to the process; after twice as much the JVM has compiled most. */
    private final long warmUp;

    private final List<BenchTopic> filled = new ArrayList<>();

    MetricsThroughput(BenchHome home, BenchServers servers, MetricFleet fleet, long documents) {
        this.home = home;
        this.servers = servers;
        this.fleet = fleet;
        this.documents = documents;
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
        System.out.println("Filling " + topic(number));
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers.brokers(),
                ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4",
                ProducerConfig.LINGER_MS_CONFIG, "20",
                ProducerConfig.BATCH_SIZE_CONFIG, "65536");
        AtomicReference<Exception> failure = new AtomicReference<>();
        filled.add(BenchTopic.create(servers.brokers(), topic(number)));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long i = 0; i < number; i++) {
                producer.send(
                        new ProducerRecord<>(topic(number), fleet.key(i), fleet.document(i)), (metadata, error) -> {
                            if (error != null) {
                                failure.set(error);
                            }
                        });
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("The topic could not be filled: " + failure.get(), failure.get());
        }
    }

    /** Measures one round, and checks what it has brought where. */
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
            Properties result =
                    SubjectProcess.run(home, round, home.classPath(subject.module(), home.jar()), subject.main(), job);
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
