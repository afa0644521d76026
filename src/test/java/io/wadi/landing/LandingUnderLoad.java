package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.soak.TopicFiles;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.util.function.ThrowingRunnable;
import org.apache.camel.util.function.ThrowingSupplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The shipped pipeline, landing a topic of three partitions while 400 numbered records a second are sent. Its timeouts
 * are shorter than the shipped ones: {@code max.poll.interval.ms} is 20 s, and requests to HDFS time out after 5 s.
 */
final class LandingUnderLoad implements AutoCloseable {
    static final int PARTITIONS = 3;

    private final String topic;
    private final ThrowingSupplier<FileSystem, IOException> hdfs;
    private final Warnings warnings = new Warnings("io.wadi.kafka.consumer.ConsumerMonitor");
    private final KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer();
    private final AtomicInteger sent = new AtomicInteger();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final RunningWadi wadi;

    private LandingUnderLoad(String topic, ThrowingSupplier<FileSystem, IOException> hdfs, Map<String, String> settings)
            throws Exception {
        this.topic = topic;
        this.hdfs = hdfs;
        // Waits for each first record: on a new topic, a broker may reject a producer's first batch but accept the
        // next; it then rejects each retry of the first one as out of order.
        for (int partition = 0; partition < PARTITIONS; partition++) {
            send(sent.getAndIncrement()).get();
        }
        timer.scheduleAtFixedRate(this::send, 0, 10, TimeUnit.MILLISECONDS);
        Map<String, String> all = new HashMap<>(Map.of(
                "wadi.landing.roll-records", "150",
                "wadi.landing.roll-interval", "2s",
                "wadi.landing.block-size", "1MiB",
                "wadi.hdfs.request-timeout", "5s",
                "camel.component.kafka.max-poll-interval-ms", "20000"));
        all.putAll(settings);
        wadi = RunningWadi.startLanding(topic, all);
    }

    /** Starts the pipeline and waits until records of every partition have landed. */
    static LandingUnderLoad start(
            String topic, ThrowingSupplier<FileSystem, IOException> hdfs, Map<String, String> settings)
            throws Exception {
        TopicProbe.create(topic, PARTITIONS);
        LandingUnderLoad started = new LandingUnderLoad(topic, hdfs, settings);
        try {
            started.awaitMore(0, 1, 2);
            return started;
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    private void send() {
        for (int i = 0; i < 4; i++) {
            send(sent.getAndIncrement());
        }
    }

    private Future<RecordMetadata> send(int number) {
        byte[] value = "{\"number\":%d}".formatted(number).getBytes(UTF_8);
        return producer.send(new ProducerRecord<>(topic, number % PARTITIONS, null, value));
    }

    /** Waits until more than 200 further records of each of these partitions have landed. */
    void awaitMore(int... partitions) throws IOException {
        Map<Integer, Long> before = covered();
        await().untilAsserted(() -> {
            for (int partition : partitions) {
                assertThat(covered().getOrDefault(partition, 0L))
                        .as("landed of partition %d", partition)
                        .isGreaterThan(before.getOrDefault(partition, 0L) + 200);
            }
        });
    }

    /** Returns the number of landed offsets of each partition. */
    Map<Integer, Long> covered() throws IOException {
        return TopicFiles.coveredOffsets(hdfs.get(), "/" + topic, topic);
    }

    /**
     * Waits until each of these partitions has failed at least {@code times} times since the last call, and asserts
     * that metrics and health checks report these partitions only. Returns the warnings.
     */
    List<String> awaitFailures(int times, int... partitions) throws Exception {
        for (int partition : partitions) {
            await().until(() -> warnings.lines().stream()
                            .filter(line -> line.startsWith("Partition " + topic + "-" + partition + ": "))
                            .toList()
                            .size()
                    >= times);
        }
        Set<Integer> expected = IntStream.of(partitions).boxed().collect(Collectors.toSet());
        assertThat(failing()).isEqualTo(expected);
        String health = Http.get(wadi.managementUrl() + "/observe/health").body();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            String retries = "%s-%d of group %s: retrying at offset ".formatted(topic, partition, topic);
            assertThat(health.contains(retries)).as(retries).isEqualTo(expected.contains(partition));
        }
        return warnings.take();
    }

    /** Returns the partitions with a failed last attempt, as the metrics report. */
    private Set<Integer> failing() throws Exception {
        Pattern gauge = Pattern.compile(
                "wadi_partition_failing\\{group=\"%s\",partition=\"(\\d+)\".*} [1-9].*".formatted(topic));
        return Http.get(wadi.managementUrl() + "/observe/metrics")
                .body()
                .lines()
                .map(gauge::matcher)
                .filter(Matcher::matches)
                .map(line -> Integer.valueOf(line.group(1)))
                .collect(Collectors.toSet());
    }

    /** Runs a fault and its repair, waits until landing has recovered, and asserts that the group did not rebalance. */
    void during(ThrowingRunnable<Exception> fault) throws Exception {
        warnings.take();
        Set<String> members = GroupProbe.members(topic);
        double rebalances = rebalances();
        fault.run();
        awaitMore(0, 1, 2);
        await().until(() -> failing().isEmpty());
        assertThat(GroupProbe.members(topic)).isNotEmpty().isEqualTo(members);
        assertThat(rebalances()).isPositive().isEqualTo(rebalances);
    }

    /** Returns the number of rebalances of this group's consumers, from their own metrics. */
    private double rebalances() throws JMException {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        double total = 0;
        for (ObjectName name : beans.queryNames(
                new ObjectName("kafka.consumer:type=consumer-coordinator-metrics,client-id=*" + topic + "*"), null)) {
            total += (Double) beans.getAttribute(name, "rebalance-total");
        }
        return total;
    }

    /** Stops sending, waits for the backlog, and asserts that contiguous files contain each record once, in order. */
    void stopAndAssertLandedOnce() throws Exception {
        timer.shutdown();
        assertThat(timer.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
        producer.flush();
        await().until(() ->
                covered().values().stream().mapToLong(Long::longValue).sum() >= sent.get());
        wadi.close();
        HdfsProbe.assertLandedOnce(
                TopicFiles.landed(hdfs.get(), "/" + topic, topic), KafkaProbe.readAll(topic), PARTITIONS);
        assertThat(KafkaProbe.read(
                        "wadi.dead-letter",
                        deadLetter -> KafkaProbe.header(deadLetter, "__connect.errors.topic")
                                .equals(topic)))
                .isEmpty();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        producer.close();
        wadi.close();
        warnings.close();
    }
}
