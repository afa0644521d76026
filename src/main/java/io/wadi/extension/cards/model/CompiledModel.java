package io.wadi.extension.cards.model;

import java.util.Arrays;
import java.util.List;

/**
 * An {@link AdditiveModel} laid out to be asked often: of values that are numbers it gives the same scores, to the last bit. The
 * nodes of all trees stand in the same arrays, level by level, two children of a node side by side, and four trees are gone down at
 * a time by arithmetic instead of branches: which way a payment goes cannot be foreseen, and a processor waits where it has
 * guessed wrong. (Asadi, Lin and de Vries: Runtime Optimizations for Tree-Based Machine Learning Models, IEEE TKDE 26/9, 2014,
 * call it VPred.) Immutable.
 */
public final class CompiledModel {
    private static final int ABREAST = 4;

    private final AdditiveModel model;
    /** By tree: where its root stands. To be a multiple of four, the last may be trees of nothing but a 0. */
    private final int[] roots;
    /** By four trees: how many questions the longest way of them has. */
    private final int[] depths;

    private final int[] feature;
    private final double[] threshold;
    /** The left child; the right one is the next. A leaf is its own, and nothing is above its threshold. */
    private final int[] left;

    private final double[] value;

    /** Lays out a model that is {@linkplain AdditiveModel#check() checked}. */
    public CompiledModel(AdditiveModel model) {
        this.model = model;
        List<Tree> trees = model.trees();
        roots = new int[(trees.size() + ABREAST - 1) / ABREAST * ABREAST];
        depths = new int[roots.length / ABREAST];
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
            next = i < trees.size() ? pack(trees.get(i), next, i / ABREAST) : next + 1;
        }
    }

    /** Level by level from the root on. */
    private int pack(Tree tree, int root, int group) {
        int[] from = new int[tree.feature().length];
        int[] depth = new int[from.length];
        int end = 1;
        for (int i = 0; i < end; i++) {
            int node = from[i];
            value[root + i] = tree.value()[node];
            if (tree.feature()[node] != Tree.LEAF) {
                feature[root + i] = tree.feature()[node];
                threshold[root + i] = tree.threshold()[node] + 0.0; // -0 is 0, which the subtraction tells apart
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

    /** What {@link AdditiveModel#score} says of the same values. */
    public double score(double[] values) {
        double sum = model.linear(values);
        for (int group = 0; group < depths.length; group++) {
            int first = group * ABREAST;
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

    /** The sign of the difference is 1 where the value is above the threshold. */
    private int next(int node, double[] values) {
        double difference = threshold[node] - values[feature[node]];
        return left[node] + (int) (Double.doubleToRawLongBits(difference) >>> 63);
    }
}
