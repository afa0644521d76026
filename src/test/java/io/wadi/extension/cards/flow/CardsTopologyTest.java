package io.wadi.extension.cards.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.extension.cards.model.AdditiveModel;
import io.wadi.extension.cards.model.EvaluationMetrics;
import io.wadi.extension.cards.model.ModelStore.Choice;
import io.wadi.extension.cards.model.StoredModel;
import io.wadi.extension.cards.model.Tree;
import io.wadi.streams.topology.TopologyDriver;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decisions on card payments by rules and models. */
class CardsTopologyTest extends CardsTopologyTestSupport {
    private static final ObjectMapper JSON = new ObjectMapper();

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

    private static JsonNode next(TestOutputTopic<byte[], byte[]> topic) throws IOException {
        return JSON.readTree(topic.readValue());
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

        assertThat(deadLetters.readRecordsToList())
                .extracting(each -> TopologyDriver.header(each, "exception.message"))
                .containsExactly(
                        "/id is missing",
                        "the record's key is not the payment's card \"a\": all payments of a card must be in one"
                                + " partition",
                        "expected a JSON object");
        assertThat(decisions.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "a, 1",
                "\"a\", 1",
                "b, 0",
                "\"b\", 0",
                "\"a, 0",
                "a\", 0",
                "'a', 0",
                "\"a', 0",
                "'a\", 0",
                "\"aa\", 0"
            })
    void key_isTheCard_asTextOrInJson(String key, int accepted) {
        payments.pipeInput(
                key.getBytes(UTF_8),
                "{\"id\":\"1\",\"card\":\"a\",\"at\":1000,\"amount\":1,\"country\":\"DE\"}".getBytes(UTF_8));

        assertThat(decisions.getQueueSize()).isEqualTo(accepted);
        assertThat(deadLetters.getQueueSize()).isEqualTo(1 - accepted);
    }
}
