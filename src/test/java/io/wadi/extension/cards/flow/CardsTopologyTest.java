package io.wadi.extension.cards.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.extension.cards.Rule;
import io.wadi.extension.cards.model.AdditiveModel;
import io.wadi.extension.cards.model.EvaluationMetrics;
import io.wadi.extension.cards.model.LocalModelFiles;
import io.wadi.extension.cards.model.ModelStore;
import io.wadi.extension.cards.model.ModelStore.Choice;
import io.wadi.extension.cards.model.StoredModel;
import io.wadi.extension.cards.model.Tree;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.streams.topology.TopologyDriver;
import io.wadi.testing.AdjustableClock;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The topology of card payments, run by the test driver of Kafka Streams instead of Kafka. */
class CardsTopologyTest {
    private static final Instant START = Instant.parse("2026-11-20T01:00:00Z");
    private static final Duration CLOCK_SKEW = Duration.ofDays(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AdjustableClock clock = new AdjustableClock(START);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Path directory;
    private ModelStore store;
    private ActiveModels models;

    @AutoClose
    private TopologyTestDriver driver;

    private TestInputTopic<byte[], byte[]> payments;
    private TestOutputTopic<byte[], byte[]> decisions;
    private TestOutputTopic<byte[], byte[]> alerts;
    private TestOutputTopic<byte[], byte[]> deadLetters;

    @BeforeEach
    void start(@TempDir Path models) {
        directory = models;
        store = new ModelStore(new LocalModelFiles(models));
        this.models = new ActiveModels(store);
        open(3);
    }

    private void open(long maxCards) {
        CardsTopology topology = new CardsTopology(
                new CardsTopology.Options(
                        "in",
                        "decisions",
                        "alerts",
                        new Rule.Limits(EnumSet.allOf(Rule.class), 3000, 5, 1000),
                        CLOCK_SKEW,
                        maxCards,
                        Duration.ofDays(30)),
                models,
                new CardMeters(registry, models),
                new DeadLetterSender("dead-letters", () -> {
                    throw new AssertionError("dead letters go through the topology");
                }),
                clock);
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        driver = new TopologyTestDriver(topology.get(), settings, START);
        ByteArraySerializer in = new ByteArraySerializer();
        payments = driver.createInputTopic("in", in, in);
        ByteArrayDeserializer out = new ByteArrayDeserializer();
        decisions = driver.createOutputTopic("decisions", out, out);
        alerts = driver.createOutputTopic("alerts", out, out);
        deadLetters = driver.createOutputTopic("dead-letters", out, out);
    }

    /** Returns a model that causes a review of payments with a feature above a limit. */
    private static AdditiveModel above(String feature, double limit) {
        return new AdditiveModel(
                List.of(feature, "online"),
                false,
                0,
                new double[0],
                new double[0],
                List.of(new Tree(
                        new int[] {0, -1, -1},
                        new double[] {limit, 0, 0},
                        new int[] {1, 0, 0},
                        new int[] {2, 0, 0},
                        new double[] {0.1, 0, 0.9})));
    }

    private static StoredModel model(AdditiveModel model) {
        return new StoredModel(
                0,
                "made by hand",
                START,
                new StoredModel.Range(START, START, 10, 1),
                new EvaluationMetrics(10, 1, 1, 0.5, 1, 1),
                model);
    }

    private void pay(String card, double amount, int minute) {
        payments.pipeInput(
                card.getBytes(UTF_8),
                "{\"id\":\"p%d\",\"card\":\"%s\",\"at\":\"%s\",\"amount\":%s,\"country\":\"DE\",\"category\":\"fuel\"}"
                        .formatted(minute, card, START.plusSeconds(60L * minute), amount)
                        .getBytes(UTF_8));
    }

    private static JsonNode next(TestOutputTopic<byte[], byte[]> topic) throws IOException {
        return JSON.readTree(topic.readValue());
    }

    private double counted(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    @Test
    void paymentWithoutAModel_getsADecisionFromTheRules() throws Exception {
        pay("a", 20, 0);
        pay("a", 3001, 10);

        assertThat(next(decisions))
                .isEqualTo(JSON.readTree("{\"payment\":\"p0\",\"card\":\"a\",\"decision\":\"accept\"}"));
        assertThat(next(decisions).path("decision").asText()).isEqualTo("review");
        TestRecord<byte[], byte[]> alert = alerts.readRecord();
        assertThat(alert.key()).asString(UTF_8).isEqualTo("a");
        assertThat(JSON.readTree(alert.value()))
                .isEqualTo(JSON.readTree(
                        "{\"payment\":\"p10\",\"card\":\"a\",\"at\":\"2026-11-20T01:10:00Z\",\"amount\":3001.0,\"country\":\"DE\","
                                + "\"rules\":[{\"rule\":\"amount\",\"feature\":\"amount\",\"value\":3001.0}]}"));
        assertThat(counted("wadi.cards.alerts", "by", "amount")).isEqualTo(1);
        assertThat(counted("wadi.cards.payments", "decision", "accept")).isEqualTo(1);
    }

    @Test
    void modelAlert_listsTheFeaturesWithTheHighestWeights() throws Exception {
        store.add(model(above("amount", 100)));
        store.choose(Choice.NONE.withActive(1));
        models.reload();

        pay("a", 100.5, 0);

        assertThat(next(decisions))
                .isEqualTo(JSON.readTree(
                        "{\"payment\":\"p0\",\"card\":\"a\",\"decision\":\"review\",\"score\":0.9,\"model\":1}"));
        JsonNode alert = next(alerts);
        assertThat(alert.path("rules")).isEmpty();
        assertThat(alert.path("threshold").asDouble()).isEqualTo(0.5);
        assertThat(alert.path("reasons"))
                .isEqualTo(JSON.readTree(
                        "[{\"feature\":\"amount\",\"value\":100.5,\"weight\":0.8,\"meaning\":\"the amount\"}]"));
        assertThat(counted("wadi.cards.alerts", "by", "model")).isEqualTo(1);
    }

    @Test
    void shadowModel_isCompared_andReplacesTheActiveModelWhenPromoted() throws Exception {
        store.add(model(above("amount", 100)));
        store.add(model(above("amount", 50)));
        store.choose(Choice.NONE.withActive(1).withShadow(2));
        models.reload();

        pay("a", 75, 0);

        assertThat(next(decisions).path("decision").asText()).isEqualTo("accept");
        assertThat(counted("wadi.cards.compared", "active", "accept", "shadow", "review"))
                .isEqualTo(1);
        store.choose(store.choice().withActive(2));
        models.reload();
        pay("a", 75, 1);

        assertThat(next(decisions).path("model").asInt()).isEqualTo(2);
        assertThat(alerts.getQueueSize()).isEqualTo(1);
        assertThat(models.shadow()).isZero();
        assertThat(registry.get("wadi.cards.model").gauge().value()).isEqualTo(2);
    }

    @Test
    void shadowSwitchedOff_isLogged() throws Exception {
        store.add(model(above("amount", 100)));
        try (Warnings log = new Warnings(ActiveModels.class.getName(), Level.INFO)) {
            store.choose(Choice.NONE.withShadow(1));
            models.reload();
            store.choose(store.choice().withShadow(0));
            models.reload();

            assertThat(log.lines())
                    .containsExactly(
                            "Card payments: model version 1 is now the shadow",
                            "Card payments: the shadow model is off");
        }
    }

    @Test
    void modelWithUnknownFeatures_isRejected_andThePreviousModelStaysActive() throws Exception {
        store.add(model(above("amount", 100)));
        store.add(model(above("shoe-size", 40)));
        store.choose(Choice.NONE.withActive(1));
        models.reload();
        store.choose(store.choice().withActive(2));
        models.reload();

        pay("a", 200, 0);

        assertThat(next(decisions).path("model").asInt()).isEqualTo(1);
        assertThat(models.problem().orElseThrow())
                .startsWith(directory
                        + "/model-000002.json is invalid. It uses unknown features shoe-size; expected some of"
                        + " amount, ")
                .endsWith(" Rejected version 2; version 1 stays active");
        assertThat(registry.get("wadi.cards.model.valid").gauge().value()).isZero();

        ActiveModels afterAStart = new ActiveModels(store);
        afterAStart.reload();
        assertThat(afterAStart.version())
                .as("the choice contains the previous version")
                .isEqualTo(1);

        store.choose(store.choice().withActive(1));
        models.reload();
        assertThat(models.problem()).isEmpty();
    }

    @Test
    void invalidModelFiles_areRejected_withTheReason() throws Exception {
        store.add(model(above("amount", 100)));
        String good = Files.readString(directory.resolve("model-000001.json"));
        store.choose(Choice.NONE.withActive(1));
        models.reload();
        store.choose(store.choice().withActive(7));
        models.reload();
        assertThat(models.problem().orElseThrow()).contains("model-000007.json does not exist; found versions [1]");
        String other = good.replace("\"version\":1", "\"version\":8");
        for (String[] wrong : new String[][] {
            {"\"feature\":[0,", "\"feature\":[5,", "tree 0, node 0: feature is 5, expected 0 to 1"},
            {"\"left\":[1,", "\"left\":[0,", "tree 0, node 0: children must follow their node"},
            {"\"form\":1", "\"form\":2", "It is not a model of form 1"},
            {"\"threshold\":0.5", "\"threshold\":\"much\"", "Its threshold is not a number"},
            {"\"version\":8", "\"version\":9", "It contains version 9"},
            {"{\"form\"", "form", "It is not JSON"}
        }) {
            Files.writeString(directory.resolve("model-000008.json"), other.replace(wrong[0], wrong[1]));
            store.choose(new Choice(8, 1, 0));
            models.reload();

            assertThat(models.problem().orElseThrow()).contains(wrong[2]);
            assertThat(models.version()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "{\"in_force\":3}", "{\"in-force\":\"3\"}"})
    void invalidSelection_keepsTheModel(String selection) throws Exception {
        store.add(model(above("amount", 100)));
        store.choose(Choice.NONE.withActive(1));
        models.reload();

        Files.writeString(directory.resolve("in-force.json"), selection);
        models.reload();

        assertThat(models.version()).isEqualTo(1);
        assertThat(models.problem().orElseThrow()).contains("in-force.json");
    }

    @Test
    void start_waitsUntilTheModelsHaveBeenReadOnce() throws Exception {
        store.add(model(above("amount", 100)));
        store.choose(Choice.NONE.withActive(1));
        Path selection = directory.resolve("in-force.json");
        byte[] chosen = Files.readAllBytes(selection);
        Files.delete(selection);
        Files.createDirectory(selection); // cannot be read as a file

        assertThat(CardsFeature.unreadModels(models).orElseThrow()).startsWith(directory + ": reading failed: ");

        Files.delete(selection);
        Files.write(selection, chosen);
        assertThat(CardsFeature.unreadModels(models)).isEmpty();
        assertThat(models.version()).isEqualTo(1);

        Files.delete(selection);
        Files.createDirectory(selection);
        assertThat(CardsFeature.unreadModels(models)).as("a restarted topology").isEmpty();
        assertThat(models.problem().orElseThrow())
                .startsWith(directory + ": reading failed, keeping the running models: ");
        assertThat(models.version()).isEqualTo(1);
    }

    @Test
    void invalidPayment_isADeadLetter() throws Exception {
        payments.pipeInput("a".getBytes(UTF_8), "{}".getBytes(UTF_8));
        payments.pipeInput(
                "b".getBytes(UTF_8),
                "{\"id\":\"1\",\"card\":\"a\",\"at\":1000,\"amount\":1,\"country\":\"DE\"}".getBytes(UTF_8));
        payments.pipeInput((byte[]) null, (byte[]) null);
        payments.pipeInput(
                "\"a\"".getBytes(UTF_8),
                "{\"id\":\"1\",\"card\":\"a\",\"at\":1000,\"amount\":1,\"country\":\"DE\"}".getBytes(UTF_8));

        assertThat(deadLetters.readRecordsToList())
                .extracting(each -> TopologyDriver.header(each, "exception.message"))
                .containsExactly(
                        "/id is missing",
                        "the record's key is not the payment's card \"a\": all payments of a card must be in one"
                                + " partition",
                        "expected a JSON object");
        assertThat(decisions.getQueueSize()).isEqualTo(1);
    }

    @Test
    void cardsInTheStore_areLimited_andExpire() {
        pay("a", 1, 0);
        pay("b", 1, 1);
        pay("c", 1, 2);
        pay("d", 1, 3);
        KeyValueStore<String, byte[]> cards = driver.getKeyValueStore(CardsTopology.STORE);
        assertThat(cards.get("d")).isNull();
        assertThat(counted("wadi.cards.untracked")).isEqualTo(1);
        clock.pass(Duration.ofDays(31));
        pay("a", 1, 30 * 24 * 60 + 2);

        driver.advanceWallClockTime(Duration.ofSeconds(1));

        assertThat(cards.get("a")).isNotNull();
        assertThat(cards.get("b")).isNull();
        assertThat(cards.get("c")).isNotNull();
        assertThat(registry.get("wadi.cards.known").gauge().value()).isEqualTo(2);
    }

    @Test
    void scansOfManyCards_doNotCopyAllKeysEachTime() {
        driver.close();
        open(1_000_000);
        pay("a", 1, 0);
        KeyValueStore<String, byte[]> cards = driver.getKeyValueStore(CardsTopology.STORE);
        addCards(cards, 199_999);
        // The driver copies the records of the changelog.
        passSeconds(40);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();

        passSeconds(40);

        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(96L << 20);
    }

    @Test
    void expiredCards_areRemovedInPortions_andByLaterScans() {
        driver.close();
        open(1_000_000);
        pay("a", 1, 0);
        clock.pass(Duration.ofDays(31));
        pay("z", 1, 31 * 24 * 60);
        KeyValueStore<String, byte[]> cards = driver.getKeyValueStore(CardsTopology.STORE);
        byte[] expired = cards.get("a");
        addCards(cards, 11_000);

        passSeconds(1);
        assertThat(cards.approximateNumEntries()).isEqualTo(6_002);
        passSeconds(2);
        assertThat(cards.approximateNumEntries()).isEqualTo(1);
        assertThat(cards.get("z")).isNotNull();

        cards.put("a", expired);
        passSeconds(1);
        assertThat(cards.get("a")).isNull();
    }

    /** Adds cards with the history of card a. */
    private static void addCards(KeyValueStore<String, byte[]> cards, int count) {
        byte[] history = cards.get("a");
        for (int card = 0; card < count; card++) {
            cards.put("b" + card, history);
        }
    }

    private void passSeconds(int seconds) {
        for (int i = 0; i < seconds; i++) {
            driver.advanceWallClockTime(Duration.ofSeconds(1));
        }
    }

    @Test
    void paymentWithAFutureTime_doesNotExpireOtherCards() {
        pay("a", 1, 0);
        pay("b", 1, 1);
        pay("c", 1, (int) CLOCK_SKEW.toMinutes());

        driver.advanceWallClockTime(Duration.ofSeconds(1));

        KeyValueStore<String, byte[]> cards = driver.getKeyValueStore(CardsTopology.STORE);
        assertThat(cards.get("a")).isNotNull();
        assertThat(cards.get("b")).isNotNull();
        assertThat(cards.get("c")).isNotNull();
    }

    @Test
    void paymentMoreThanTheSkewAhead_isADeadLetter_andStoresNoHistory() {
        pay("a", 1, (int) CLOCK_SKEW.toMinutes() + 1);
        pay("b", 1, 100 * 365 * 24 * 60);
        pay("c", 1, -100 * 24 * 60);

        assertThat(deadLetters.readRecordsToList())
                .extracting(each -> TopologyDriver.header(each, "exception.message"))
                .containsExactly(
                        "/at is 2026-11-21T01:01:00Z, expected up to 2026-11-21T01:00:00Z: the sender's clock is ahead",
                        "/at is 2126-10-27T01:00:00Z, expected up to 2026-11-21T01:00:00Z: the sender's clock is ahead");
        KeyValueStore<String, byte[]> cards = driver.getKeyValueStore(CardsTopology.STORE);
        assertThat(cards.get("a")).isNull();
        assertThat(cards.get("b")).isNull();
        assertThat(cards.get("c")).as("a replay of history").isNotNull();
        clock.pass(Duration.ofMinutes(1));
        pay("a", 1, (int) CLOCK_SKEW.toMinutes() + 1);
        assertThat(cards.get("a")).isNotNull();
    }
}
