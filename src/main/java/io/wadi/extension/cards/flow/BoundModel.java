package io.wadi.extension.cards.flow;

import io.wadi.extension.cards.Feature;
import io.wadi.extension.cards.model.AdditiveModel;
import io.wadi.extension.cards.model.CompiledModel;
import io.wadi.extension.cards.model.StoredModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A model that selects its features from an array of all feature values. Thread-safe. */
final class BoundModel {
    private static final int REASONS = 3;

    private final StoredModel stored;
    private final AdditiveModel model;
    private final CompiledModel packed;
    private final int[] places;

    /**
     * A feature that raised the score.
     *
     * @param weight its contribution to the score; in log odds if the model sums log odds
     */
    record Reason(Feature feature, double value, double weight) {}

    BoundModel(StoredModel stored) {
        this.stored = stored;
        this.model = stored.model();
        this.packed = new CompiledModel(model);
        this.places = stored.places();
    }

    int version() {
        return stored.version();
    }

    double threshold() {
        return stored.threshold();
    }

    double score(double[] features) {
        return packed.score(pick(features));
    }

    private double[] pick(double[] features) {
        double[] picked = new double[places.length];
        for (int i = 0; i < places.length; i++) {
            picked[i] = features[places[i]];
        }
        return picked;
    }

    /** Returns the features with the highest positive weights, in descending order. */
    List<Reason> reasons(double[] features) {
        double[] picked = pick(features);
        double[] weights = model.weights(picked);
        List<Reason> reasons = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0) {
                reasons.add(new Reason(Feature.labelled(model.features().get(i)).orElseThrow(), picked[i], weights[i]));
            }
        }
        reasons.sort(Comparator.comparingDouble(Reason::weight).reversed());
        return reasons.subList(0, Math.min(REASONS, reasons.size()));
    }
}
