package io.wadi.extension.cards.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.extension.cards.Rule;
import io.wadi.extension.cards.generate.GeneratedPayment;
import io.wadi.extension.cards.generate.PaymentGenerator;
import io.wadi.extension.cards.model.AdditiveModel;
import io.wadi.extension.cards.model.EvaluationMetrics;
import io.wadi.extension.cards.model.LocalModelFiles;
import io.wadi.extension.cards.model.ModelStore;
import io.wadi.extension.cards.model.ModelStore.Choice;
import io.wadi.extension.cards.model.StoredModel;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.local.ChildJvm;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RandomKills;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of the pipeline, with only the shipped route of card payments, at random moments while payments arrive, some
 * of them invalid. The oracle is the topology that processes the same payments one after another in this JVM. With
 * {@code read_committed}, each payment has one decision with exactly the oracle's score, which depends on all earlier
 * payments of the card, and an alert if it has to be reviewed. Each invalid payment has one dead letter. Each record is
 * landed once.
 */
@Nightly(perChange = {"CardsTopologyTest", "StreamsCrashIT#killedAtARandomMoment_countsEachRecordOnce"})
class CardsCrashIT {
    private static final int PARTITIONS = 3;
    private static final int CARDS = 1_000;
    private static final Duration LONG = ChildJvm.START_TIMEOUT;
    private static final Duration CARD_TTL = Duration.ofDays(3650);
    private static final long SEED = Long.getLong("test.seed", 20261122);
    /** Enough payments for alerts by rules and for alerts by the score alone. */
    private static final int MIN_PAYMENTS = 6_000;

    /**
     * Kafka Streams assigns a partition to a new instance only if at most 10,000 changes of state have to be restored.
     * The payments of each partition must stay below that number during the test.
     */
    private static final int TAKE_OVER_A_SECOND = 200;

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Pattern PAYMENT = Pattern.compile("\"payment\":\"([^\"]+)\"");
    /** The score depends on the counts of a card: a payment that is counted twice, or not at all, changes it. */
    private static final StoredModel MODEL = new StoredModel(
            0,
            "made by hand",
            START,
            new StoredModel.Range(START, START, 1, 1),
            new EvaluationMetrics(1, 1, 1, 0.5, 1, 1),
            new AdditiveModel(
                    List.of("known", "payments-1h", "spent-1d", "amount-unusual"),
                    true,
                    -3,
                    new double[] {0.01, 0.5, 0.02, 0.8},
                    new double[4],
                    List.of()));

    @TempDir
    private Path directory;

    @Test
    void killedManyTimesAtRandom_eachPaymentGetsOneDecision_asIfNeverKilled() throws Exception {
        kill("cards-many-kills", 30);
    }

    /** The newer and the older instance are killed in turn. */
    @Test
    void oneOfTwoInstancesKilled_otherContinuesItsCards_eachPaymentGetsOneDecision() throws Exception {
        String name = "cards-take-over";
        prepare(name);
        List<RouteProcess> instances = new ArrayList<>();
        try (SteadyLoad load = SteadyLoad.start(PARTITIONS, TAKE_OVER_A_SECOND, new GeneratedExamples(name))) {
            RandomKills kills = kills(name, 200);
            instances.add(start(name, "state-0"));
            for (int kill = 1; kill <= 4; kill++) {
                instances.add(start(name, "state-" + kill));
                Path log = instances.get(1).log();
                await("both have partitions, see " + log).atMost(LONG).until(() -> GroupProbe.isShared(name, 2));
                awaitRead(name, log);
                kills.awaitNext(instances.get(1));
                instances.remove(kill % 2).kill();
                awaitRead(name, instances.get(0).log());
            }
            finish(name, load, instances.get(0));
        } finally {
            instances.forEach(RouteProcess::close);
        }
        check(name);
    }

    private void kill(String name, int kills) throws Exception {
        prepare(name);
        try (SteadyLoad load = SteadyLoad.start(PARTITIONS, new GeneratedExamples(name))) {
            kills(name, 500).kill(kills, () -> start(name, "state"));
            try (RouteProcess last = start(name, "state")) {
                finish(name, load, last);
            }
        }
        check(name);
    }

    private void prepare(String name) throws Exception {
        TopicProbe.create(name, PARTITIONS);
        for (String each : List.of(".chargebacks", ".decisions", ".alerts", ".dead-letters")) {
            TopicProbe.create(name + each, 1);
        }
        ModelStore models = new ModelStore(new LocalModelFiles(directory));
        models.add(MODEL);
        models.choose(Choice.NONE.withActive(1));
        HdfsProbe.copy(directory, "/" + name + "-models");
    }

    private static RandomKills kills(String name, int most) {
        return new RandomKills(
                "decisions", () -> TopicProbe.end(new TopicPartition(name + ".decisions", 0)), most, SEED);
    }

    /** Waits until the group has read all payments that are in Kafka at the time of the call. */
    private static void awaitRead(String name, Path log) throws Exception {
        Map<TopicPartition, Long> ends = TopicProbe.ends(List.of(name));
        await("all is read, seed %d, see %s".formatted(SEED, log))
                .atMost(LONG)
                .until(() -> GroupProbe.hasRead(name, ends));
    }

    private static void finish(String name, SteadyLoad load, RouteProcess last) throws Exception {
        await("payments of all kinds").atMost(LONG).until(() -> load.sent() >= MIN_PAYMENTS);
        load.stop();
        awaitRead(name, last.log());
        assertThat(last.stop()).isZero();
        assertThat(HdfsProbe.coveredOffsets("/" + name, name)).isEqualTo(load.sent());
    }

    private RouteProcess start(String name, String state) throws Exception {
        return RouteProcess.start(
                "card-payments",
                line -> {},
                List.of(
                        "-Dwadi.hdfs.uri=" + TestServers.shared().ports().hdfsUri(),
                        "-Dwadi.landing.directory=/" + name,
                        "-Dwadi.landing.replication=1",
                        "-Dwadi.streams.state-directory=" + directory.resolve(state),
                        "-Dwadi.dead-letters.topic=" + name + ".dead-letters",
                        "-Dwadi.cards.enabled=true",
                        "-Dwadi.cards.application=" + name,
                        "-Dwadi.cards.topic=" + name,
                        "-Dwadi.cards.chargebacks-topic=" + name + ".chargebacks",
                        "-Dwadi.cards.decisions-topic=" + name + ".decisions",
                        "-Dwadi.cards.alerts-topic=" + name + ".alerts",
                        "-Dwadi.cards.models=/" + name + "-models",
                        // So long that a kill interrupts an open transaction.
                        "-Dwadi.cards.commit-interval=200ms",
                        "-Dwadi.cards.max-amount=1000",
                        "-Dwadi.cards.max-payments=4",
                        "-Dwadi.cards.max-speed=900",
                        "-Dwadi.cards.card-ttl=" + CARD_TTL.toDays() + "d"));
    }

    private void check(String name) {
        TopicProbe.awaitReadable(name + ".decisions", name + ".alerts", name + ".dead-letters");
        Map<String, List<String>> expectedDecisions = new TreeMap<>();
        Map<String, List<String>> expectedAlerts = new TreeMap<>();
        Map<String, Integer> invalid = new TreeMap<>();
        evaluate(
                name,
                (card, decision) -> add(expectedDecisions, card, decision),
                (card, alert) -> add(expectedAlerts, card, alert),
                invalid);
        Map<String, List<String>> decisions = read(name + ".decisions");
        Map<String, List<String>> alerts = read(name + ".alerts");
        Map<String, Integer> deadLetters = new TreeMap<>();
        KafkaProbe.forEach(
                name + ".dead-letters",
                deadLetter -> deadLetters.merge(
                        KafkaProbe.header(deadLetter, "__connect.errors.partition") + "@"
                                + KafkaProbe.header(deadLetter, "__connect.errors.offset"),
                        1,
                        Integer::sum));
        System.out.printf(
                "%s: %d decisions on %d cards, %d alerts, %d dead letters, each once%n",
                name, size(decisions), decisions.size(), size(alerts), deadLetters.size());
        assertThat(expectedAlerts.values().stream().flatMap(List::stream))
                .anyMatch(alert -> alert.contains("\"rule\":\"velocity\""))
                .anyMatch(alert -> alert.contains("\"rules\":[]"));
        assertThat(invalid).isNotEmpty();
        assertThat(decisions).as("seed %d", SEED).isEqualTo(expectedDecisions);
        assertThat(alerts).as("seed %d", SEED).isEqualTo(expectedAlerts);
        assertThat(deadLetters).as("seed %d", SEED).isEqualTo(invalid);
        assertThat(payments(alerts.values(), "\"card\""))
                .isEqualTo(payments(decisions.values(), "\"decision\":\"review\""));
    }

    private static Map<String, List<String>> read(String topic) {
        Map<String, List<String>> found = new TreeMap<>();
        KafkaProbe.forEach(topic, each -> add(found, new String(each.key(), UTF_8), new String(each.value(), UTF_8)));
        return found;
    }

    private static void add(Map<String, List<String>> all, String key, String value) {
        all.computeIfAbsent(key, unseen -> new ArrayList<>()).add(value);
    }

    private static int size(Map<String, List<String>> all) {
        return all.values().stream().mapToInt(List::size).sum();
    }

    /** Returns the ids of the payments in the records that contain a fragment. */
    private static Set<String> payments(Collection<List<String>> all, String fragment) {
        return all.stream()
                .flatMap(List::stream)
                .filter(each -> each.contains(fragment))
                .map(each -> PAYMENT.matcher(each)
                        .results()
                        .findFirst()
                        .orElseThrow()
                        .group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Evaluates all payments of the topic in this JVM.
     *
     * @param invalid receives the partitions and offsets of the invalid payments
     */
    private void evaluate(
            String topic,
            BiConsumer<String, String> decisions,
            BiConsumer<String, String> alerts,
            Map<String, Integer> invalid) {
        ActiveModels models = new ActiveModels(new ModelStore(new LocalModelFiles(directory)));
        models.reload();
        CardsTopology topology = new CardsTopology(
                new CardsTopology.Options(
                        "in",
                        "decisions",
                        "alerts",
                        new Rule.Limits(EnumSet.allOf(Rule.class), 1000, 4, 900),
                        Duration.ofDays(1),
                        CARDS,
                        CARD_TTL),
                models,
                new CardMeters(new SimpleMeterRegistry(), models),
                new DeadLetterSender("dead-letters", () -> {
                    throw new AssertionError("dead letters go through the topology");
                }),
                Clock.systemUTC());
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "oracle");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, directory.resolve("oracle").toString());
        ByteArraySerializer in = new ByteArraySerializer();
        ByteArrayDeserializer out = new ByteArrayDeserializer();
        try (TopologyTestDriver driver = new TopologyTestDriver(topology.get(), settings)) {
            TestInputTopic<byte[], byte[]> payments = driver.createInputTopic("in", in, in);
            TestOutputTopic<byte[], byte[]> deadLetters = driver.createOutputTopic("dead-letters", out, out);
            KafkaProbe.forEach(topic, payment -> {
                payments.pipeInput(payment.key(), payment.value());
                if (!deadLetters.isEmpty()) {
                    deadLetters.readRecord();
                    invalid.put(payment.partition() + "@" + payment.offset(), 1);
                }
            });
            drain(driver.createOutputTopic("decisions", out, out), decisions);
            drain(driver.createOutputTopic("alerts", out, out), alerts);
        }
    }

    private static void drain(TestOutputTopic<byte[], byte[]> from, BiConsumer<String, String> to) {
        for (TestRecord<byte[], byte[]> each : from.readRecordsToList()) {
            to.accept(new String(each.key(), UTF_8), new String(each.value(), UTF_8));
        }
    }

    /** Generates payments in order and without end; one record in 997 is invalid. */
    private static final class GeneratedExamples implements IntFunction<ProducerRecord<byte[], byte[]>> {
        private final String topic;
        private final PaymentGenerator generator =
                new PaymentGenerator(new PaymentGenerator.Options(SEED, CARDS, START, 0.05));
        private final Deque<GeneratedPayment> made = new ArrayDeque<>();
        private int days;

        GeneratedExamples(String topic) {
            this.topic = topic;
        }

        @Override
        public ProducerRecord<byte[], byte[]> apply(int number) {
            if (number % 997 == 13) {
                return record("nobody", "{no");
            }
            while (made.isEmpty()) {
                made.addAll(generator.day(days++));
            }
            GeneratedPayment next = made.remove();
            return record(next.payment().card(), next.json());
        }

        private ProducerRecord<byte[], byte[]> record(String card, String value) {
            return new ProducerRecord<>(topic, card.getBytes(UTF_8), value.getBytes(UTF_8));
        }
    }
}
