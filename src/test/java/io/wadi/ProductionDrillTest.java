package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.BrokerProcess;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.EventLoad;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.Ports;
import io.wadi.testing.Rounds;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.TestServers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The production shape without Docker: three brokers, and two processes each of intake, landing and indexing, one of each kind
 * killed with -9 in turn under load and brought back. The oracle: what has a receipt stands in HDFS once and in the index once.
 */
@Tag("long")
class ProductionDrillTest {
    private static final Logger LOG = LoggerFactory.getLogger(ProductionDrillTest.class);
    private static final String TOPIC = "select-color";
    private static final String NAME = "production-drill";
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final int CLIENTS = 10;
    private static final int A_SECOND = 20;

    @TempDir
    private Path directory;

    private final AtomicInteger numbers = new AtomicInteger();
    private final Set<Integer> receipted = new HashSet<>();
    private final List<String> log = new ArrayList<>();
    private final List<RouteProcess> processes = new ArrayList<>();
    private final List<Intake> intakes = new ArrayList<>();
    private List<BrokerProcess> brokers = List.of();
    private String addresses;

    /** An intake process, its port, and who sends to it. */
    private record Intake(RouteProcess process, int port, EventLoad load) {}

    @AfterEach
    void stop() {
        processes.forEach(RouteProcess::close);
        brokers.forEach(BrokerProcess::close);
    }

    private RouteProcess start(String route, int httpPort) throws IOException {
        RouteProcess started = RouteProcess.start(
                route,
                line -> {},
                List.of(
                        "-Dwadi.kafka.brokers=" + addresses,
                        "-Dwadi.http.port=" + httpPort,
                        "-Dwadi.hdfs.uri=" + TestServers.shared().ports().hdfsUri(),
                        "-Dwadi.elasticsearch.hosts="
                                + TestServers.shared().ports().elasticsearchHosts(),
                        "-Dwadi.landing.topics=" + TOPIC,
                        "-Dwadi.landing.group=" + NAME + "-landing",
                        "-Dwadi.landing.directory=/" + NAME,
                        "-Dwadi.landing.replication=1",
                        "-Dwadi.landing.roll-every=1s",
                        "-Dwadi.indexing.topic=" + TOPIC,
                        "-Dwadi.indexing.index=" + NAME,
                        "-Dwadi.indexing.group=" + NAME + "-indexing"));
        processes.add(started);
        return started;
    }

    private Intake startIntake() throws IOException {
        int port = Ports.free();
        RouteProcess process = start("web-events", port);
        await("intake, see " + process.log()).atMost(LONG).until(() -> takes(port));
        return new Intake(process, port, EventLoad.start(port, TOPIC, CLIENTS, A_SECOND, numbers));
    }

    private boolean takes(int port) throws InterruptedException {
        try {
            return Http.post(
                                    "http://localhost:" + port + "/events/" + TOPIC,
                                    "{\"number\":-1}".getBytes(UTF_8),
                                    "Content-Type",
                                    "application/json")
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private void end(Intake intake) throws InterruptedException {
        intake.load().close();
        receipted.addAll(intake.load().receipted());
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", addresses), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.partitionsFor(TOPIC).stream()
                .map(each -> new TopicPartition(TOPIC, each.partition()))
                .toList();
    }

    private long inKafka() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return consumer.endOffsets(partitions(consumer)).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private long landed() throws IOException {
        return HdfsProbe.coveredOffsets("/" + NAME, TOPIC);
    }

    private int indexed() throws IOException, InterruptedException {
        return new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl())
                .ids(NAME)
                .size();
    }

    /** What has come since a kill, until all of it is landed and indexed: seconds each. */
    private void recover(String what, Runnable kill) {
        long begin = System.nanoTime();
        kill.run();
        long more = receiptedNow() + CLIENTS * A_SECOND;
        await(what).atMost(LONG).until(() -> receiptedNow() >= more);
        double taken = seconds(begin);
        long to = inKafka();
        await(what).atMost(LONG).until(() -> landed() >= to);
        double landing = seconds(begin);
        await(what).atMost(LONG).until(() -> indexed() >= to);
        String line =
                "%s killed: %d events with a receipt %.1f s later; all up to then landed after %.1f s, indexed after %.1f s"
                        .formatted(what, CLIENTS * A_SECOND, taken, landing, seconds(begin));
        log.add(line);
        LOG.info(line);
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private long receiptedNow() {
        return receipted.size()
                + intakes.stream()
                        .mapToLong(each -> each.load().receipted().size())
                        .sum();
    }

    private static void kill(RouteProcess process) {
        try {
            process.kill();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void oneOfEach_killedInTurnUnderLoad_losesAndDoublesNothing() throws Exception {
        brokers = BrokerProcess.startThree(directory);
        addresses = BrokerProcess.addresses(brokers);
        intakes.add(startIntake());
        intakes.add(startIntake());
        RouteProcess landing = start("landing", Ports.free());
        start("landing", Ports.free());
        RouteProcess indexing = start("indexing", Ports.free());
        start("indexing", Ports.free());
        recover("nobody", () -> {});

        for (int round = 0; round < Rounds.of(1, 3); round++) {
            BrokerProcess broker = brokers.get(round % brokers.size());
            recover("broker " + (round % brokers.size() + 1), broker::kill);
            broker.startAgain();

            Intake intake = intakes.get(0);
            recover("intake", () -> kill(intake.process()));
            end(intake);
            intakes.remove(intake);
            intakes.add(startIntake());

            RouteProcess killedLanding = landing;
            recover("landing", () -> kill(killedLanding));
            landing = start("landing", Ports.free());

            RouteProcess killedIndexing = indexing;
            recover("indexing", () -> kill(killedIndexing));
            indexing = start("indexing", Ports.free());
        }
        for (Intake each : intakes) {
            end(each);
        }
        intakes.clear();
        check();
    }

    private void check() throws Exception {
        Map<String, Integer> inKafka = numbersInKafka();
        await().atMost(LONG).until(() -> landed() >= inKafka());
        await().atMost(LONG).until(() -> indexed() >= inKafka.size());

        assertThat(inKafka.values()).as("of %d events in Kafka", inKafka.size()).containsAll(receipted);
        Map<Integer, Integer> landedTimes = new TreeMap<>();
        HdfsProbe.forEach(
                "/" + NAME,
                TOPIC,
                file -> file.lines().forEach(line -> landedTimes.merge(number(line), 1, Integer::sum)));
        Map<Integer, Integer> sentTimes = new TreeMap<>();
        inKafka.values().forEach(number -> sentTimes.merge(number, 1, Integer::sum));
        assertThat(landedTimes).as("times that each number stands in HDFS").isEqualTo(sentTimes);
        assertThat(landedTimes.entrySet().stream()
                        .filter(each -> each.getKey() >= 0 && each.getValue() > 1)
                        .toList())
                .as("numbers that were sent once and stand twice")
                .isEmpty();
        assertThat(new TreeSet<>(
                        new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl()).ids(NAME)))
                .isEqualTo(new TreeSet<>(inKafka.keySet()));
        LOG.info(
                "{} events have a receipt, {} stand in Kafka, HDFS and the index once",
                receipted.size(),
                inKafka.size());
        log.forEach(LOG::info);
        assertThat(receipted).hasSizeGreaterThan(1_000);
    }

    /** The number of each record, by the id of its document. */
    private Map<String, Integer> numbersInKafka() {
        Map<String, Integer> numbers = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> all = partitions(consumer);
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(200))) {
                    numbers.put(
                            "%s+%d+%d".formatted(TOPIC, each.partition(), each.offset()),
                            number(new String(each.value(), UTF_8)));
                }
            }
        }
        return numbers;
    }

    private static int number(String event) {
        try {
            return new ObjectMapper().readTree(event).get("number").asInt();
        } catch (IOException e) {
            throw new IllegalArgumentException(event, e);
        }
    }
}
