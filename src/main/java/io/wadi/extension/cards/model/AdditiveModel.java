package io.wadi.extension.cards.model;

import java.util.List;

/**
 * A score that is a sum: of a base, of what the leaves of trees say, and of features times their coefficients; then, where the
 * sum is in log odds, made a probability. Random forests, boosted trees and logistic regressions are such. Immutable, as nobody
 * writes to its arrays.
 *
 * @param features those it asks, by name, in the order of its numbers
 * @param isLogit whether the sum is in log odds
 * @param base what the sum begins with
 * @param coefficients by feature; empty where there are none
 * @param usual what features usually are, against which coefficients explain; as many
 */
@SuppressWarnings("ArrayRecordComponent") // nobody writes to them, and nobody compares them
public record AdditiveModel(
        List<String> features, boolean isLogit, double base, double[] coefficients, double[] usual, List<Tree> trees) {

    /**
     * Refuses what cannot be asked.
     *
     * @throws ModelException with what is wrong
     */
    void check() throws ModelException {
        if ((coefficients.length != 0 && coefficients.length != features.size())
                || usual.length != coefficients.length) {
            throw new ModelException(
                    "The model has %d features, %d coefficients and %d usual values: as many or none are allowed"
                            .formatted(features.size(), coefficients.length, usual.length));
        }
        if (trees.isEmpty() && coefficients.length == 0) {
            throw new ModelException("The model has neither trees nor coefficients");
        }
        if (!Double.isFinite(base)) {
            throw new ModelException("The model's base is " + base + ", no number");
        }
        for (int i = 0; i < trees.size(); i++) {
            trees.get(i).check(features.size(), "tree " + i);
        }
    }

    /** How likely a fraud it is, by its own features' values. Who asks often takes a {@link CompiledModel}. */
    public double score(double[] values) {
        double sum = linear(values);
        for (Tree tree : trees) {
            sum += tree.value()[tree.leafOf(values)];
        }
        return ofSum(sum);
    }

    double linear(double[] values) {
        double sum = base;
        for (int i = 0; i < coefficients.length; i++) {
            sum += coefficients[i] * values[i];
        }
        return sum;
    }

    double ofSum(double sum) {
        return isLogit ? 1 / (1 + Math.exp(-sum)) : sum;
    }

    /**
     * What each feature adds to the sum: on a tree's way to its leaf, by how much each question changed what is expected; of a
     * coefficient, by how much the value is off the usual one.
     */
    public double[] weights(double[] values) {
        double[] weights = new double[features.size()];
        for (int i = 0; i < coefficients.length; i++) {
            weights[i] = coefficients[i] * (values[i] - usual[i]);
        }
        for (Tree tree : trees) {
            int node = 0;
            while (tree.feature()[node] != Tree.LEAF) {
                int asked = tree.feature()[node];
                int next = values[asked] <= tree.threshold()[node] ? tree.left()[node] : tree.right()[node];
                weights[asked] += tree.value()[next] - tree.value()[node];
                node = next;
            }
        }
        return weights;
    }
}
