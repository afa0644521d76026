package io.wadi.extension.cards.model;

import java.util.BitSet;

/**
 * A decision tree as arrays, by node; the first is the root, and a node's children come after it.
 *
 * @param feature the place of the feature that a node asks; {@link #LEAF} where it asks none
 * @param threshold the feature's value up to which, itself included, it goes on to the left
 * @param left the child then
 * @param right the other child
 * @param value what a leaf adds to the score; of other nodes what is expected of those that come by, which explains scores
 */
@SuppressWarnings("ArrayRecordComponent") // nobody writes to them, and nobody compares them
public record Tree(int[] feature, double[] threshold, int[] left, int[] right, double[] value) {
    static final int LEAF = -1;

    /** Refuses what would not end, or ask for what there is not. */
    void check(int features, String where) throws ModelException {
        int nodes = feature.length;
        boolean isWhole = nodes > 0
                && threshold.length == nodes
                && left.length == nodes
                && right.length == nodes
                && value.length == nodes;
        require(isWhole, where + " is no tree: it has no nodes, or not as many of each kind");
        BitSet children = new BitSet(nodes);
        for (int i = 0; i < nodes; i++) {
            String node = where + ", node " + i;
            require(Double.isFinite(value[i]), node + ": its value is " + value[i] + ", no number");
            if (feature[i] != LEAF) {
                require(
                        feature[i] >= 0 && feature[i] < features,
                        node + " asks feature " + feature[i] + ", there are " + features);
                require(!Double.isNaN(threshold[i]), node + ": its threshold is no number");
                require(
                        left[i] > i && left[i] < nodes && right[i] > i && right[i] < nodes,
                        node + " has no children behind it");
                require(
                        left[i] != right[i] && !children.get(left[i]) && !children.get(right[i]),
                        node + " has a child that is another's, too");
                children.set(left[i]);
                children.set(right[i]);
            }
        }
    }

    private static void require(boolean holds, String otherwise) throws ModelException {
        if (!holds) {
            throw new ModelException(otherwise);
        }
    }

    int leafOf(double[] features) {
        int node = 0;
        while (feature[node] != LEAF) {
            node = features[feature[node]] <= threshold[node] ? left[node] : right[node];
        }
        return node;
    }
}
