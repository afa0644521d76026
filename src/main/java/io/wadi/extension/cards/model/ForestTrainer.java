package io.wadi.extension.cards.model;

import io.wadi.extension.cards.Feature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.tribuo.Dataset;
import org.tribuo.ImmutableFeatureMap;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.dtree.CARTClassificationTrainer;
import org.tribuo.classification.dtree.impurity.GiniIndex;
import org.tribuo.common.tree.Node;
import org.tribuo.common.tree.SplitNode;
import org.tribuo.common.tree.TreeModel;
import org.tribuo.dataset.DatasetView;
import org.tribuo.impl.ArrayExample;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/**
 * A trainer of random forests. Tribuo trains the decision trees on bootstrap samples of all frauds and a subset of the
 * honest payments. The values of the nodes are then computed from all examples, so that a score is the share of frauds
 * among similar payments.
 */
public final class ForestTrainer {
    private static final Label FRAUD = new Label("fraud");
    private static final Label HONEST = new Label("honest");
    private static final int HONEST_PER_FRAUD = 30;
    private static final int DEPTH = 16;
    private static final float MIN_LEAF_WEIGHT = 3;
    private static final float SPLIT_FEATURE_FRACTION = 0.35f;
    /** The weight of the parent's value in the value of a node, as a number of examples. */
    private static final double PARENT_WEIGHT = 2;

    private final int trees;
    private final long seed;
    private final String[] names = Feature.labels().toArray(String[]::new);

    /**
     * Creates a trainer.
     *
     * @param trees the number of trees
     * @param seed the seed of all random choices
     */
    public ForestTrainer(int trees, long seed) {
        this.trees = trees;
        this.seed = seed;
    }

    /** Trains a forest and reports the number of finished trees after each. */
    public AdditiveModel train(TrainingExamples.Part part, IntConsumer progress) {
        List<double[]> rows =
                part.examples().stream().map(TrainingExamples.Example::values).toList();
        Bins[] bins = new Bins[names.length];
        Arrays.setAll(
                bins, i -> Bins.of(rows.stream().mapToDouble(row -> row[i]).toArray()));
        Dataset<Label> sample = sample(rows, part.isFraud(), bins);
        List<Tree> forest = new ArrayList<>();
        for (int i = 0; i < trees; i++) {
            Dataset<Label> bag = DatasetView.createBootstrapView(sample, sample.size(), seed + i);
            CARTClassificationTrainer trainer = new CARTClassificationTrainer(
                    DEPTH, MIN_LEAF_WEIGHT, 0, SPLIT_FEATURE_FRACTION, new GiniIndex(), seed + i);
            TreeModel<Label> model = trainer.train(bag);
            Tree tree = counted(structure(model, bins), rows, part.isFraud());
            forest.add(tree);
            progress.accept(i + 1);
        }
        return new AdditiveModel(List.of(names), false, 0, new double[0], new double[0], scaled(forest));
    }

    private Dataset<Label> sample(List<double[]> rows, boolean[] isFraud, Bins[] bins) {
        long frauds = 0;
        for (boolean each : isFraud) {
            frauds += each ? 1 : 0;
        }
        double share = (double) frauds * HONEST_PER_FRAUD / (rows.size() - frauds);
        SplittableRandom random = new SplittableRandom(seed);
        LabelFactory labels = new LabelFactory();
        MutableDataset<Label> sample =
                new MutableDataset<>(new SimpleDataSourceProvenance("card payments", labels), labels);
        for (int i = 0; i < isFraud.length; i++) {
            if (isFraud[i] || random.nextDouble() < share) {
                sample.add(new ArrayExample<>(isFraud[i] ? FRAUD : HONEST, names, binned(rows.get(i), bins)));
            }
        }
        return sample;
    }

    private static double[] binned(double[] row, Bins[] bins) {
        double[] binned = new double[row.length];
        Arrays.setAll(binned, i -> bins[i].binned(row[i]));
        return binned;
    }

    /** Converts the splits; values are computed later. */
    private Tree structure(TreeModel<Label> model, Bins[] bins) {
        List<Node<Label>> nodes = new ArrayList<>(List.of(model.getRoot()));
        List<int[]> children = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i) instanceof SplitNode<Label> split) {
                children.add(new int[] {nodes.size(), nodes.size() + 1});
                nodes.add(split.getLessThanOrEqual());
                nodes.add(split.getGreaterThan());
            } else {
                children.add(new int[2]);
            }
        }
        Tree tree = new Tree(
                new int[nodes.size()],
                new double[nodes.size()],
                new int[nodes.size()],
                new int[nodes.size()],
                new double[nodes.size()]);
        ImmutableFeatureMap map = model.getFeatureIDMap();
        for (int i = 0; i < nodes.size(); i++) {
            tree.feature()[i] = Tree.LEAF;
            if (nodes.get(i) instanceof SplitNode<Label> split) {
                int feature = Feature.labelled(map.get(split.getFeatureID()).getName())
                        .orElseThrow()
                        .place();
                tree.feature()[i] = feature;
                tree.threshold()[i] = bins[feature].below(split.splitValue());
                tree.left()[i] = children.get(i)[0];
                tree.right()[i] = children.get(i)[1];
            }
        }
        return tree;
    }

    private static Tree counted(Tree tree, List<double[]> rows, boolean[] isFraud) {
        int nodes = tree.feature().length;
        double[] seen = new double[nodes];
        double[] frauds = new double[nodes];
        for (int i = 0; i < isFraud.length; i++) {
            double[] row = rows.get(i);
            for (int node = 0; ; ) {
                seen[node]++;
                frauds[node] += isFraud[i] ? 1 : 0;
                if (tree.feature()[node] == Tree.LEAF) {
                    break;
                }
                node = row[tree.feature()[node]] <= tree.threshold()[node] ? tree.left()[node] : tree.right()[node];
            }
        }
        tree.value()[0] = frauds[0] / seen[0];
        for (int node = 0; node < nodes; node++) {
            if (tree.feature()[node] != Tree.LEAF) {
                for (int child : new int[] {tree.left()[node], tree.right()[node]}) {
                    tree.value()[child] =
                            (frauds[child] + PARENT_WEIGHT * tree.value()[node]) / (seen[child] + PARENT_WEIGHT);
                }
            }
        }
        return tree;
    }

    /** Divides the values by the number of trees, so that the sum over all trees is their mean. */
    private List<Tree> scaled(List<Tree> forest) {
        forest.forEach(tree -> Arrays.setAll(tree.value(), i -> tree.value()[i] / trees));
        return forest;
    }
}
