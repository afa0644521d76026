package io.wadi.extension.cards.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.extension.cards.Feature;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A model with its metadata.
 *
 * @param version from 1 on
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

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * The training payments.
     *
     * @param from the time of the first payment
     * @param to the time of the last payment
     */
    public record Range(Instant from, Instant to, long payments, long frauds) {}

    /** The score from which on a payment is looked into. */
    public double threshold() {
        return heldOut.threshold();
    }

    StoredModel as(int otherVersion) {
        return new StoredModel(otherVersion, origin, made, range, heldOut, model);
    }

    /** The indexes of the model's features in {@link Feature}. */
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
        scores.put("sum", model.isLogit() ? "log-odds" : "probability").put("base", model.base());
        put(scores, "coefficients", model.coefficients());
        put(scores, "usual", model.usual());
        ArrayNode trees = scores.putArray("trees");
        for (Tree tree : model.trees()) {
            ObjectNode node = trees.addObject();
            put(node, "feature", tree.feature());
            put(node, "threshold", tree.threshold());
            put(node, "left", tree.left());
            put(node, "right", tree.right());
            put(node, "value", tree.value());
        }
        return json.toString().getBytes(UTF_8);
    }

    private static void put(ObjectNode node, String name, double[] values) {
        ArrayNode array = node.putArray(name);
        for (double each : values) {
            array.add(each);
        }
    }

    private static void put(ObjectNode node, String name, int[] values) {
        ArrayNode array = node.putArray(name);
        for (int each : values) {
            array.add(each);
        }
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

    private static AdditiveModel scores(JsonNode json) throws ModelException {
        List<String> features = new ArrayList<>();
        required(json, "features").forEach(each -> features.add(each.asText()));
        List<Tree> trees = new ArrayList<>();
        for (JsonNode each : json.path("trees")) {
            trees.add(new Tree(
                    integers(each, "feature"),
                    numbers(each, "threshold"),
                    integers(each, "left"),
                    integers(each, "right"),
                    numbers(each, "value")));
        }
        return new AdditiveModel(
                features,
                required(json, "sum").asText().equals("log-odds"),
                json.path("base").asDouble(),
                numbers(json, "coefficients"),
                numbers(json, "usual"),
                trees);
    }

    private static double[] numbers(JsonNode json, String name) {
        JsonNode array = json.path(name);
        return IntStream.range(0, array.size())
                .mapToDouble(i -> array.get(i).asDouble(Double.NaN))
                .toArray();
    }

    private static int[] integers(JsonNode json, String name) {
        JsonNode array = json.path(name);
        return IntStream.range(0, array.size())
                .map(i -> array.get(i).asInt(Integer.MIN_VALUE))
                .toArray();
    }

    private static JsonNode required(JsonNode json, String name) throws ModelException {
        JsonNode found = json.get(name);
        if (found == null) {
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
