package io.wadi.extension.cards.model;

import com.fasterxml.jackson.core.JsonProcessingException;
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
 * A model with what has to be known of it.
 *
 * @param version which of all it is, from 1 on
 * @param origin how it was made, in words
 * @param made when
 * @param range the payments it was made of
 * @param heldOut how it did on the payments after these, at its threshold
 * @param model asks features that there are
 */
public record StoredModel(
        int version, String origin, Instant made, Range range, EvaluationMetrics heldOut, AdditiveModel model) {
    /** Of the file's form, not of a model. */
    private static final int FORM = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Which payments.
     *
     * @param from when the first was made
     * @param to when the last was made
     * @param payments how many
     * @param frauds how many of these
     */
    public record Range(Instant from, Instant to, long payments, long frauds) {}

    /** The score from which on a payment is looked into. */
    public double threshold() {
        return heldOut.threshold();
    }

    /** The same under another number. */
    StoredModel as(int otherVersion) {
        return new StoredModel(otherVersion, origin, made, range, heldOut, model);
    }

    /** Where in all features' values those of the model stand. */
    public int[] places() {
        return model.features().stream()
                .mapToInt(name -> Feature.labelled(name).orElseThrow().place())
                .toArray();
    }

    /** In a line. */
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

    /** As it is kept. */
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
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and texts can be written", e);
        }
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
     * Reads what was kept, and checks that it can be asked here.
     *
     * @throws ModelException where it is no model, or asks features that there are not
     */
    public static StoredModel parse(byte[] stored) throws ModelException {
        try {
            JsonNode json = JSON.readTree(stored);
            if (json == null || json.path("form").asInt() != FORM) {
                throw new ModelException("It is no model of form " + FORM);
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
                    "It is no JSON: " + e.getMessage().lines().findFirst().orElse(""));
        } catch (DateTimeException e) {
            throw new ModelException("One of its times is none: " + e.getMessage());
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
     * Refuses a model that cannot be asked here.
     *
     * @throws ModelException with what is wrong, and what there is
     */
    public void check() throws ModelException {
        List<String> unknown = model.features().stream()
                .filter(name -> Feature.labelled(name).isEmpty())
                .toList();
        if (!unknown.isEmpty()) {
            throw new ModelException("It asks for %s, which no payment has here; there are %s"
                    .formatted(String.join(", ", unknown), String.join(", ", Feature.labels())));
        }
        if (model.features().size() != model.features().stream().distinct().count()) {
            throw new ModelException("It has a feature twice: " + String.join(", ", model.features()));
        }
        if (!Double.isFinite(threshold())) {
            throw new ModelException("Its threshold is no number");
        }
        model.check();
    }
}
