package io.wadi.extension.cards.model;

import java.util.List;

/**
 * A model with a score that is the sum of a constant, the values of tree leaves, and features times coefficients: a
 * random forest, boosted trees or a logistic regression. A sum in log odds is converted to a probability. A
 * {@link CompiledModel} computes the score. The arrays must not be modified.
 *
 * @param features the names of its features, in the order of its arrays
 * @param isLogit whether the sum is in log odds
 * @param base the constant term
 * @param coefficients by feature; empty if the model has none
 * @param usual the typical value of each feature, the baseline of {@link #weights}; empty without coefficients. After
 *     the import of a model it is 0 until the evaluation
 * @param trees the trees; may be empty if there are coefficients
 */
@SuppressWarnings("ArrayRecordComponent") // never modified or compared
public record AdditiveModel(
        List<String> features, boolean isLogit, double base, double[] coefficients, double[] usual, List<Tree> trees) {

    /**
     * Checks the model.
     *
     * @throws ModelException if it is invalid
     */
    void check() throws ModelException {
        if ((coefficients.length != 0 && coefficients.length != features.size())
                || usual.length != coefficients.length) {
            throw new ModelException(
                    "The model has %d features, %d coefficients and %d usual values: expected as many of each, or no coefficients"
                            .formatted(features.size(), coefficients.length, usual.length));
        }
        if (trees.isEmpty() && coefficients.length == 0) {
            throw new ModelException("The model has neither trees nor coefficients");
        }
        checkFinite(base, "base");
        for (int i = 0; i < coefficients.length; i++) {
            checkFinite(coefficients[i], "coefficient " + i);
            checkFinite(usual[i], "usual value " + i);
        }
        for (int i = 0; i < trees.size(); i++) {
            trees.get(i).check(features.size(), "tree " + i);
        }
    }

    private static void checkFinite(double value, String name) throws ModelException {
        if (!Double.isFinite(value)) {
            throw new ModelException("The model's %s is %s, expected a finite number".formatted(name, value));
        }
    }

    /** Returns this model with other typical values, if it has coefficients. Its scores are the same. */
    AdditiveModel withUsual(double[] values) {
        return coefficients.length == 0
                ? this
                : new AdditiveModel(features, isLogit, base, coefficients, values, trees);
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
     * Returns the contribution of each feature to the sum. In a tree it is the change of the expected value at each
     * split on the path; for a coefficient it is the coefficient times the difference from the typical value.
     */
    public double[] weights(double[] values) {
        double[] weights = new double[features.size()];
        for (int i = 0; i < coefficients.length; i++) {
            weights[i] = coefficients[i] * (values[i] - usual[i]);
        }
        for (Tree tree : trees) {
            int node = 0;
            while (tree.feature()[node] != Tree.LEAF) {
                int split = tree.feature()[node];
                int next = values[split] <= tree.threshold()[node] ? tree.left()[node] : tree.right()[node];
                weights[split] += tree.value()[next] - tree.value()[node];
                node = next;
            }
        }
        return weights;
    }
}
