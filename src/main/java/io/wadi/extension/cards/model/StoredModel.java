package io.wadi.extension.cards.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.extension.cards.Feature;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * A model with its metadata.
 *
 * @param version at least 1; 0 before it is stored
 * @param origin how it was made
 * @param made when it was trained or imported
 * @param range the training payments
 * @param heldOut its metrics on the held-out payments, at its threshold
 * @param model the scoring function
 */
public record StoredModel(
        int version, String origin, Instant made, Range range, EvaluationMetrics heldOut, AdditiveModel model) {
    /** The version of the file format. */
    private static final int FORM = 1;

    private static final String LOG_ODDS = "log-odds";
    private static final String PROBABILITY = "probability";
    private static final List<String> SUMS = List.of(LOG_ODDS, PROBABILITY);

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * The training payments.
     *
     * @param from the time of the first payment
     * @param to the time of the last payment
     */
    public record Range(Instant from, Instant to, long payments, long frauds) {}

    /** Returns the lowest score at which a payment is reviewed. */
    public double threshold() {
        return heldOut.threshold();
    }

    StoredModel as(int otherVersion) {
        return new StoredModel(otherVersion, origin, made, range, heldOut, model);
    }

    /** Returns the indexes of the model's features in {@link Feature}. */
    public int[] places() {
        return model.features().stream()
                .mapToInt(name -> Feature.labelled(name).orElseThrow().place())
                .toArray();
    }

    public String text() {
        return String.format(
                Locale.ROOT,
                "version %d, %s, of %,d payments with %,d frauds from %s to %s; held out: %s",
                version,
                origin,
                range.payments(),
                range.frauds(),
                range.from(),
                range.to(),
                heldOut.text());
    }

    public byte[] toJson() {
        ObjectNode json = JSON.createObjectNode();
        json.put("form", FORM).put("version", version).put("origin", origin).put("made", made.toString());
        json.putObject("range")
                .put("from", range.from().toString())
                .put("to", range.to().toString())
                .put("payments", range.payments())
                .put("frauds", range.frauds());
        json.putObject("held-out")
                .put("payments", heldOut.payments())
                .put("frauds", heldOut.frauds())
                .put("auc-pr", heldOut.areaUnderPrecisionRecall())
                .put("precision", heldOut.precision())
                .put("recall", heldOut.recall());
        json.put("threshold", heldOut.threshold());
        ObjectNode scores = json.putObject("model");
        model.features().forEach(scores.putArray("features")::add);
        scores.put("sum", model.isLogit() ? LOG_ODDS : PROBABILITY).put("base", model.base());
        scores.set("coefficients", JSON.valueToTree(model.coefficients()));
        scores.set("usual", JSON.valueToTree(model.usual()));
        scores.set("trees", JSON.valueToTree(model.trees()));
        return json.toString().getBytes(UTF_8);
    }

    /**
     * Parses and checks a stored model.
     *
     * @throws ModelException if it is not a valid model or uses unknown features
     */
    public static StoredModel parse(byte[] stored) throws ModelException {
        try {
            JsonNode json = JSON.readTree(stored);
            if (json == null || json.path("form").asInt() != FORM) {
                throw new ModelException("It is not a model of form " + FORM);
            }
            JsonNode range = required(json, "range");
            StoredModel model = new StoredModel(
                    json.path("version").asInt(),
                    json.path("origin").asText(),
                    Instant.parse(required(json, "made").asText()),
                    new Range(
                            Instant.parse(required(range, "from").asText()),
                            Instant.parse(required(range, "to").asText()),
                            range.path("payments").asLong(),
                            range.path("frauds").asLong()),
                    heldOut(json),
                    scores(required(json, "model")));
            model.check();
            return model;
        } catch (JsonMappingException e) {
            throw new ModelException(
                    "It is not a model: %s: %s".formatted(e.getPathReference(), e.getOriginalMessage()));
        } catch (IOException e) {
            throw new ModelException(
                    "It is not JSON: " + e.getMessage().lines().findFirst().orElse(""));
        } catch (DateTimeException e) {
            throw new ModelException("It contains an invalid time: " + e.getMessage());
        }
    }

    private static EvaluationMetrics heldOut(JsonNode json) throws ModelException {
        JsonNode found = required(json, "held-out");
        return new EvaluationMetrics(
                found.path("payments").asLong(),
                found.path("frauds").asLong(),
                found.path("auc-pr").asDouble(),
                required(json, "threshold").asDouble(Double.NaN),
                found.path("precision").asDouble(),
                found.path("recall").asDouble());
    }

    private static AdditiveModel scores(JsonNode json) throws ModelException, IOException {
        String sum = required(json, "sum").asText();
        if (!SUMS.contains(sum)) {
            throw new ModelException("Its \"sum\" is \"%s\": expected one of %s".formatted(sum, SUMS));
        }
        return new AdditiveModel(
                List.of(JSON.treeToValue(required(json, "features"), String[].class)),
                sum.equals(LOG_ODDS),
                required(json, "base").asDouble(Double.NaN),
                JSON.treeToValue(required(json, "coefficients"), double[].class),
                JSON.treeToValue(required(json, "usual"), double[].class),
                List.of(JSON.treeToValue(required(json, "trees"), Tree[].class)));
    }

    private static JsonNode required(JsonNode json, String name) throws ModelException {
        JsonNode found = json.get(name);
        if (found == null || found.isNull()) {
            throw new ModelException("Its \"" + name + "\" is missing");
        }
        return found;
    }

    /**
     * Checks the model.
     *
     * @throws ModelException if it is invalid or uses unknown features
     */
    public void check() throws ModelException {
        List<String> unknown = model.features().stream()
                .filter(name -> Feature.labelled(name).isEmpty())
                .toList();
        if (!unknown.isEmpty()) {
            throw new ModelException("It uses unknown features %s; expected some of %s"
                    .formatted(String.join(", ", unknown), String.join(", ", Feature.labels())));
        }
        if (model.features().size() != model.features().stream().distinct().count()) {
            throw new ModelException("It has a duplicate feature: " + String.join(", ", model.features()));
        }
        if (!Double.isFinite(threshold())) {
            throw new ModelException("Its threshold is not a number");
        }
        model.check();
    }
}
