package io.wadi.extension.cards.model;

import java.util.Arrays;
import java.util.List;

/**
 * An {@link AdditiveModel} in a layout for fast evaluation. For finite values, its scores are bit-identical to those of
 * adding the leaves of the trees in order. All trees share arrays: the trees follow each other, and the nodes of a tree
 * are in breadth-first order, so that siblings are adjacent. Four trees are evaluated at a time, without branches,
 * which would be mispredicted (VPred in Asadi, Lin and de Vries: Runtime Optimizations for Tree-Based Machine Learning
 * Models, IEEE TKDE 26/9, 2014). Immutable.
 */
public final class CompiledModel {
    private static final int LANES = 4;

    private final AdditiveModel model;
    /** The root node of each tree; trees of a single 0 pad the number of trees to a multiple of four. */
    private final int[] roots;
    /** The maximum depth of each group of four trees. */
    private final int[] depths;

    private final int[] feature;
    private final double[] threshold;
    /** The left child, which the right child follows. A leaf is its own left child and has an infinite threshold. */
    private final int[] left;

    private final double[] value;

    /** Compiles a {@linkplain AdditiveModel#check() checked} model. */
    public CompiledModel(AdditiveModel model) {
        this.model = model;
        List<Tree> trees = model.trees();
        roots = new int[(trees.size() + LANES - 1) / LANES * LANES];
        depths = new int[roots.length / LANES];
        int nodes = trees.stream().mapToInt(tree -> tree.feature().length).sum() + roots.length - trees.size();
        feature = new int[nodes];
        threshold = new double[nodes];
        left = new int[nodes];
        value = new double[nodes];
        Arrays.fill(threshold, Double.POSITIVE_INFINITY);
        Arrays.setAll(left, node -> node);
        int next = 0;
        for (int i = 0; i < roots.length; i++) {
            roots[i] = next;
            next = i < trees.size() ? pack(trees.get(i), next, i / LANES) : next + 1;
        }
    }

    /** Copies a tree in breadth-first order and returns the next free node. */
    private int pack(Tree tree, int root, int group) {
        int[] from = new int[tree.feature().length];
        int[] depth = new int[from.length];
        int end = 1;
        for (int i = 0; i < end; i++) {
            int node = from[i];
            value[root + i] = tree.value()[node];
            if (tree.feature()[node] != Tree.LEAF) {
                feature[root + i] = tree.feature()[node];
                threshold[root + i] =
                        tree.threshold()[node] + 0.0; // turns -0 into 0, because the sign of the difference counts
                left[root + i] = root + end;
                depth[end] = depth[i] + 1;
                depth[end + 1] = depth[i] + 1;
                from[end++] = tree.left()[node];
                from[end++] = tree.right()[node];
                depths[group] = Math.max(depths[group], depth[end - 1]);
            }
        }
        return root + end;
    }

    /** Returns the fraud score of the model's feature values. */
    public double score(double[] values) {
        double sum = model.linear(values);
        for (int group = 0; group < depths.length; group++) {
            int first = group * LANES;
            int a = roots[first];
            int b = roots[first + 1];
            int c = roots[first + 2];
            int d = roots[first + 3];
            for (int level = depths[group]; level > 0; level--) {
                a = next(a, values);
                b = next(b, values);
                c = next(c, values);
                d = next(d, values);
            }
            sum += value[a];
            sum += value[b];
            sum += value[c];
            sum += value[d];
        }
        return model.ofSum(sum);
    }

    /** Returns the next node on the path. The sign bit of the difference is 1 if the value is above the threshold. */
    private int next(int node, double[] values) {
        double difference = threshold[node] - values[feature[node]];
        return left[node] + (int) (Double.doubleToRawLongBits(difference) >>> 63);
    }
}
