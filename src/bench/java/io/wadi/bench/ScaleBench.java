package io.wadi.bench;

import io.wadi.local.Ports;
import io.wadi.local.soak.TopicFiles;
import io.wadi.testing.GroupProbe;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Measures the landing of the same load by one, two and four processes, each round with its own topic, group and
 * directory.
 */
final class ScaleBench {
    private static final int PARTITIONS = ScaleOptions.MOST;
    private static final int VALUE_BYTES = 250;
    private static final int VALUES = 1_000;
    private static final int TICK_MS = 10;
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private final BenchHome home;
    private final ScaleOptions options;

    ScaleBench(Path project, ScaleOptions options) {
        this.home = new BenchHome(project, "scale");
        this.options = options;
    }

    /** Measures, prints a table and writes target/bench/scale.json. */
    void run() throws Exception {
        home.clean();
        home.copyConfiguration(
                List.of("application.properties", "topics.yaml", "routes/landing.camel.yaml"), configuration());
        System.out.println("Starting Kafka and HDFS");
        Path directory = home.work().resolve("servers");
        try (BenchServers servers = BenchServers.kafkaAndHdfs(directory)) {
            measure(servers);
        }
        BenchHome.delete(directory);
        System.out.println("\nWritten: " + home.result());
    }

    private Path configuration() {
        return home.work().resolve("wadi");
    }

    private void measure(BenchServers servers) throws Exception {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        Map<String, List<ScaleRound>> rounds = new LinkedHashMap<>();
        options.processes().forEach(each -> rounds.put(Integer.toString(each), new ArrayList<>()));
        List<Integer> order = new ArrayList<>(options.processes());
        for (int number = 1; number <= options.rounds(); number++) {
            for (int each : order) {
                String name = "scale-%d-%d".formatted(each, number);
                ScaleRound round = round(servers, each, name);
                rounds.get(Integer.toString(each)).add(round);
                System.out.printf(
                        Locale.ROOT, "  %-14s CPU %.2f s of %,d records%n", name, round.cpuSeconds(), round.records());
            }
            // Rotates, so that no number of processes is always first.
            Collections.rotate(order, 1);
        }
        FigureReport report = new FigureReport(
                "scale", home.commit(), Integer.toString(options.processes().get(0)));
        System.out.print(report.add(
                String.format(Locale.ROOT, "%,d records/s of %d B by so many processes", options.rate(), VALUE_BYTES),
                rounds,
                ScaleRound.FIGURES,
                load));
        report.write(home.project().resolve(home.result()));
    }

    private ScaleRound round(BenchServers servers, int count, String name) throws Exception {
        List<ServerProcess> processes = new ArrayList<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.brokers()));
                FileSystem hdfs = FileSystem.newInstance(URI.create(servers.hdfs()), new Configuration())) {
            admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            for (int i = 1; i <= count; i++) {
                processes.add(start(servers, name, i));
            }
            processes.get(0).await(() -> haveAllPartitions(admin, name, count));
            ScaleRound round = round(servers, processes, name);
            check(hdfs, name, 2L * options.rate() * options.seconds());
            admin.deleteTopics(List.of(name)).all().get();
            return round;
        } finally {
            processes.forEach(ServerProcess::close);
        }
    }

    private ServerProcess start(BenchServers servers, String name, int number) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("WADI_KAFKA_BROKERS", servers.brokers());
        environment.put("WADI_HDFS_URI", servers.hdfs());
        environment.put("WADI_HTTP_PORT", Integer.toString(Ports.free()));
        environment.put("WADI_MANAGEMENT_PORT", Integer.toString(Ports.free()));
        environment.put("WADI_LANDING_TOPICS", name);
        environment.put("WADI_LANDING_GROUP", name);
        environment.put("WADI_LANDING_DIRECTORY", "/" + name);
        environment.put("WADI_LANDING_REPLICATION", "1");
        // So that the last records become visible soon.
        environment.put("WADI_LANDING_ROLL_INTERVAL", "5s");
        return ServerProcess.start(
                home,
                name + "-" + number,
                List.of(
                        "-jar",
                        home.jar().toString(),
                        "--config",
                        configuration().toString()),
                environment);
    }

    /** Returns whether the members of a group have all partitions; false until the first has created the group. */
    private static boolean haveAllPartitions(Admin admin, String group, int count)
            throws IOException, InterruptedException {
        try {
            Collection<MemberDescription> members = GroupProbe.members(admin, group);
            return members.size() == count
                    && members.stream()
                                    .mapToInt(each ->
                                            each.assignment().topicPartitions().size())
                                    .sum()
                            == PARTITIONS;
        } catch (ExecutionException e) {
            throw new IOException("Cannot read the members of group " + group, e);
        }
    }

    private ScaleRound round(BenchServers servers, List<ServerProcess> processes, String topic)
            throws IOException, InterruptedException {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                servers.brokers(),
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            send(producer, topic);
            List<ServerProcess.Mark> begins = new ArrayList<>();
            for (ServerProcess each : processes) {
                begins.add(each.mark());
            }
            Duration before = cpu(servers);
            send(producer, topic);
            double cpu = 0;
            double compilers = 0;
            double heap = 0;
            for (int i = 0; i < processes.size(); i++) {
                ServerProcess.Spent spent = processes.get(i).since(begins.get(i));
                cpu += spent.cpuSeconds() - spent.compilersSeconds();
                compilers += spent.compilersSeconds();
                heap = Math.max(heap, spent.peakHeapMib());
            }
            double ofServers = cpu(servers).minus(before).toNanos() / 1e9;
            return new ScaleRound((long) options.rate() * options.seconds(), cpu, compilers, ofServers, heap);
        }
    }

    /** Sends at the rate, for the given seconds; late records are sent at once. */
    private void send(KafkaProducer<byte[], byte[]> producer, String topic) throws InterruptedException {
        byte[][] values = new byte[VALUES][];
        for (int i = 0; i < VALUES; i++) {
            values[i] = Prefill.value(i % PARTITIONS, i, VALUE_BYTES);
        }
        int atOnce = options.rate() * TICK_MS / 1_000;
        long begin = System.nanoTime();
        int ticks = options.seconds() * 1_000 / TICK_MS;
        for (int tick = 0; tick < ticks; tick++) {
            for (int i = 0; i < atOnce; i++) {
                producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, values[i % VALUES]));
            }
            long wait = begin + TimeUnit.MILLISECONDS.toNanos((tick + 1L) * TICK_MS) - System.nanoTime();
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
        }
        producer.flush();
    }

    private static Duration cpu(BenchServers servers) {
        return servers.processes()
                .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Checks that every record is in a visible file once. */
    private static void check(FileSystem hdfs, String topic, long expected) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        long covered = 0;
        while (covered < expected && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(500);
            covered = TopicFiles.coveredOffsets(hdfs, "/" + topic, topic).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
        long[] lines = {0};
        TopicFiles.forEach(
                hdfs, "/" + topic, topic, file -> lines[0] += file.lines().size());
        if (covered != expected || lines[0] != expected) {
            throw new IOException("%s: %,d records were sent, files cover %,d offsets and have %,d lines"
                    .formatted(topic, expected, covered, lines[0]));
        }
        hdfs.delete(new org.apache.hadoop.fs.Path("/" + topic), true);
    }
}
