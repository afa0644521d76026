package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.TestedCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code routes/card-payments.camel.yaml} on real servers with topics of its own, from generated payments to an active
 * model. The tests are consecutive steps.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CardPaymentsIT {
    private static final String TOPIC = "hub.card.payments";
    private static final String CHARGEBACKS = "hub.card.chargebacks";
    private static final String DECISIONS = "hub.card.decisions";
    private static final String ALERTS = "hub.card.alerts";
    private static final String[] WORLD = {"--cards", "400", "--frauds", "0.02"};
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path configuration;

    private static Map<String, String> settings;

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        copy("topics.yaml");
        for (String route : List.of("card-payments", "web-events", "errors")) {
            copy("routes/" + route + ".camel.yaml");
        }
        settings = new HashMap<>(Map.of(
                "wadi.topics-file",
                configuration.resolve("topics.yaml").toString(),
                "wadi.cards.enabled",
                "true",
                "wadi.cards.topic",
                TOPIC,
                "wadi.cards.chargebacks-topic",
                CHARGEBACKS,
                "wadi.cards.decisions-topic",
                DECISIONS,
                "wadi.cards.alerts-topic",
                ALERTS,
                "wadi.cards.application",
                "hub-cards",
                "wadi.cards.models",
                "/hub-cards/models",
                "wadi.landing.directory",
                "/hub-cards",
                "wadi.streams.state-directory",
                configuration.resolve("state").toString()));
        wadi = RunningWadi.startConfigured(configuration, settings);
    }

    private static void copy(String file) throws IOException {
        String text = Files.readString(Path.of(file)).replaceAll("(?<=name: )card\\.", "hub.card.");
        Path copy = configuration.resolve(file);
        Files.createDirectories(copy.getParent());
        Files.writeString(copy, text);
    }

    private static CommandProcess generate(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of("payments"));
        all.addAll(List.of(WORLD));
        all.addAll(Arrays.asList(words));
        return command("generate").inThisJvm(all.toArray(String[]::new));
    }

    private static CommandProcess model(String... words) throws IOException {
        return command("model").inThisJvm(words);
    }

    private static TestedCommand command(String name) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("wadi.landing.replication", "1");
        return TestedCommand.onServers(name, configuration, all);
    }

    private static int records(String topic) {
        int[] many = new int[1];
        KafkaProbe.forEach(topic, each -> many[0]++);
        return many[0];
    }

    private static double metric(String name, String... labels) throws Exception {
        return Scrape.of(wadi).sum(name, labels);
    }

    @Test
    @Order(1)
    void paymentOverHttp_withoutAModel_getsADecisionFromTheRules() throws Exception {
        String payment =
                "{\"id\":\"first\",\"card\":\"mine\",\"at\":\"2026-01-01T10:00:00Z\",\"amount\":5000,\"country\":\"DE\"}";

        assertThat(Http.post(
                                wadi.eventsUrl() + "/events/" + TOPIC,
                                payment.getBytes(UTF_8),
                                "Content-Type",
                                "application/json")
                        .statusCode())
                .isEqualTo(200);

        await().untilAsserted(() -> assertThat(KafkaProbe.readAll(ALERTS))
                .extracting(each -> JSON.readTree(each.value()))
                .anySatisfy(alert -> {
                    assertThat(alert.path("payment").asText()).isEqualTo("first");
                    assertThat(alert.path("rules").findValuesAsText("rule")).containsExactly("amount");
                    assertThat(alert.has("model")).isFalse();
                }));
    }

    @Test
    @Order(2)
    @Nightly(perChange = {"ForestTrainerTest", "StoredModelTest", "CardsTopologyTest"})
    void model_isTrainedFromLandedPayments_andActivatedWithoutARestart() throws Exception {
        CommandProcess tooEarly = model("train");
        assertThat(tooEarly.code()).as(tooEarly.out() + tooEarly.err()).isEqualTo(1);
        assertThat(tooEarly.out()).contains("Refused: ");
        CommandProcess generated = generate("--days", "30");
        assertThat(generated.out()).as(generated.err()).contains(" of 400 cards, ");
        int sent = records(TOPIC);
        await().untilAsserted(() ->
                assertThat(HdfsProbe.coveredOffsets("/hub-cards", TOPIC)).isEqualTo(sent));
        int reported = records(CHARGEBACKS);
        await().untilAsserted(() ->
                assertThat(HdfsProbe.coveredOffsets("/hub-cards", CHARGEBACKS)).isEqualTo(reported));

        CommandProcess trained = model("train", "--trees", "15");

        assertThat(trained.code()).as(trained.out() + trained.err()).isZero();
        assertThat(trained.out())
                .contains(
                        "15 of 15 trees",
                        "version 1, a forest of 15 trees, of ",
                        "held out: AUC-PR 0.",
                        "It is active");
        await().untilAsserted(() -> assertThat(metric("wadi_cards_model")).isEqualTo(1));
        await().untilAsserted(() -> assertThat(records(DECISIONS)).isEqualTo(sent));
    }

    @Test
    @Order(3)
    @Nightly(perChange = {"ForestTrainerTest", "CardsTopologyTest"})
    void fraud_isDetected_withItsReasons() throws Exception {
        generate("--after", "30", "--days", "3");
        int sent = records(TOPIC);

        await().untilAsserted(() -> assertThat(records(DECISIONS)).isEqualTo(sent));

        List<JsonNode> alerts = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> each : KafkaProbe.readAll(ALERTS)) {
            alerts.add(JSON.readTree(each.value()));
        }
        assertThat(alerts)
                .filteredOn(alert -> alert.path("score").asDouble() > 0
                        && alert.path("score").asDouble()
                                >= alert.path("threshold").asDouble())
                .isNotEmpty()
                .allSatisfy(alert -> {
                    assertThat(alert.path("model").asInt()).isEqualTo(1);
                    assertThat(alert.path("reasons")).isNotEmpty();
                    assertThat(alert.path("reasons").path(0).path("weight").asDouble())
                            .isPositive();
                });
    }

    @Test
    @Order(4)
    @Nightly(perChange = {"PmmlReaderTest", "CardsTopologyTest"})
    void importedModel_isEvaluatedInShadow_untilItIsPromoted() throws Exception {
        Path pmml = configuration.resolve("logistic.pmml");
        Files.writeString(pmml, """
                <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
                  <RegressionModel functionName="classification" normalizationMethod="logit">
                    <RegressionTable intercept="-6" targetCategory="1">
                      <NumericPredictor name="spent-1h" coefficient="0.2"/><NumericPredictor name="small-1h" coefficient="2"/>
                    </RegressionTable>
                    <RegressionTable intercept="0" targetCategory="0"/>
                  </RegressionModel>
                </PMML>
                """);

        CommandProcess broughtIn = model("import", pmml.toString());

        assertThat(broughtIn.out())
                .as(broughtIn.err())
                .contains("version 2, PMML of logistic.pmml", "in shadow evaluation beside version 1");
        await().untilAsserted(
                        () -> assertThat(metric("wadi_cards_shadow_model")).isEqualTo(2));
        generate("--after", "33", "--days", "1");
        await().untilAsserted(
                        () -> assertThat(metric("wadi_cards_compared_total", "active", "accept", "shadow", "accept"))
                                .isPositive());
        assertThat(model("promote", "2").out()).startsWith("Active: version 2");
        await().untilAsserted(() -> assertThat(metric("wadi_cards_model")).isEqualTo(2));
        assertThat(model("list").out()).contains("active     version 2", "version 1, a forest");
    }

    @Test
    @Order(5)
    @Nightly(perChange = "CardsTopologyTest")
    void modelWithUnknownFeatures_isRejected_andThePreviousModelStaysActive() throws Exception {
        Path pmml = configuration.resolve("other.pmml");
        Files.writeString(
                pmml, Files.readString(configuration.resolve("logistic.pmml")).replace("small-1h", "merchant-risk"));

        CommandProcess broughtIn = model("import", pmml.toString());

        assertThat(broughtIn.code()).isEqualTo(1);
        assertThat(broughtIn.out())
                .contains("Refused: It uses unknown features merchant-risk; expected some of amount, ");
        assertThat(model("promote", "9").out()).contains("model-000009.json does not exist; found versions [1, 2]");
        assertThat(metric("wadi_cards_model")).isEqualTo(2);
    }

    @Test
    @Order(6)
    @Nightly(perChange = "CardHistoryTest")
    void exportedFeatures_matchTheStream() throws Exception {
        Path table = configuration.resolve("features.csv");

        int sent = records(TOPIC);
        await().untilAsserted(() ->
                assertThat(HdfsProbe.coveredOffsets("/hub-cards", TOPIC)).isEqualTo(sent));
        assertThat(model("features", table.toString()).code()).isZero();

        List<String> lines = Files.readAllLines(table);
        assertThat(lines.get(0)).startsWith("part,payment,amount,").endsWith(",known,fraud");
        assertThat(lines.get(1)).startsWith("train,").matches(".*,[01]");
        assertThat(lines).hasSize(sent + 1);
    }
}
