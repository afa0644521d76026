package io.wadi.extension.cards.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The compiled model compared with its source model. */
class CompiledModelTest {
    private static final int FEATURES = 6;
    /** Many of these values are also thresholds. */
    private static final double[] VALUES = {-1e300, -3.5, -1, -0.0, 0.0, Double.MIN_VALUE, 1, 2.5, 1e300};

    private final Random random = new Random(20);

    private double any() {
        return VALUES[random.nextInt(VALUES.length)];
    }

    /** Returns a random tree. Children follow their node, and the right child follows the whole left subtree. */
    private Tree tree(int depth) {
        List<double[]> nodes = new ArrayList<>();
        grow(nodes, depth);
        int many = nodes.size();
        return new Tree(
                IntStream.range(0, many).map(i -> (int) nodes.get(i)[0]).toArray(),
                IntStream.range(0, many).mapToDouble(i -> nodes.get(i)[1]).toArray(),
                IntStream.range(0, many).map(i -> (int) nodes.get(i)[2]).toArray(),
                IntStream.range(0, many).map(i -> (int) nodes.get(i)[3]).toArray(),
                IntStream.range(0, many).mapToDouble(i -> nodes.get(i)[4]).toArray());
    }

    private int grow(List<double[]> nodes, int depth) {
        int place = nodes.size();
        double[] node = {Tree.LEAF, 0, 0, 0, random.nextGaussian()};
        nodes.add(node);
        if (depth > 0 && random.nextInt(5) > 0) {
            node[0] = random.nextInt(FEATURES);
            node[1] = any();
            node[2] = grow(nodes, depth - 1);
            node[3] = grow(nodes, depth - 1);
        }
        return place;
    }

    /** Returns the sum of the leaves in the order of the trees. */
    private static double score(AdditiveModel model, double[] values) {
        double sum = model.linear(values);
        for (Tree tree : model.trees()) {
            int node = 0;
            while (tree.feature()[node] != Tree.LEAF) {
                boolean isLeft = values[tree.feature()[node]] <= tree.threshold()[node];
                node = isLeft ? tree.left()[node] : tree.right()[node];
            }
            sum += tree.value()[node];
        }
        return model.ofSum(sum);
    }

    @Test
    void nodeWithTwoParents_isRejected() {
        Tree tree = new Tree(
                new int[] {0, 0, Tree.LEAF, Tree.LEAF},
                new double[4],
                new int[] {1, 2, 0, 0},
                new int[] {2, 3, 0, 0},
                new double[4]);

        assertThatThrownBy(() -> tree.check(1, "tree 0"))
                .isInstanceOf(ModelException.class)
                .hasMessage("tree 0, node 1: a child belongs to two nodes");
    }

    @ParameterizedTest
    @CsvSource({"0, 0, true", "1, 0, false", "1, 5, true", "4, 3, false", "5, 12, true", "61, 9, false"})
    void scores_equalThoseOfTheModelExactly(int trees, int depth, boolean isLogit) throws Exception {
        double[] coefficients = trees % 2 == 0 ? random.doubles(FEATURES).toArray() : new double[0];
        AdditiveModel model = new AdditiveModel(
                IntStream.range(0, FEATURES).mapToObj(i -> "feature " + i).toList(),
                isLogit,
                random.nextDouble(),
                coefficients,
                new double[coefficients.length],
                IntStream.range(0, trees).mapToObj(i -> tree(depth)).toList());
        model.check();
        CompiledModel packed = new CompiledModel(model);

        for (int i = 0; i < 2_000; i++) {
            double[] values = random.doubles(FEATURES).map(any -> any()).toArray();
            assertThat(packed.score(values)).as(Arrays.toString(values)).isEqualTo(score(model, values));
        }
    }
}
