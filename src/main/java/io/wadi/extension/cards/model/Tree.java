package io.wadi.extension.cards.model;

import java.util.BitSet;

/**
 * A decision tree as arrays with one element per node. Node 0 is the root, and the children of a node follow it.
 *
 * @param feature the index of the feature that a node splits on; {@link #LEAF} for leaves
 * @param threshold the greatest value for which the left branch is taken
 * @param left the left child
 * @param right the right child
 * @param value the score of a leaf, or the expected score of an inner node, which explanations use
 */
@SuppressWarnings("ArrayRecordComponent") // never modified or compared
public record Tree(int[] feature, double[] threshold, int[] left, int[] right, double[] value) {
    static final int LEAF = -1;

    /** Rejects trees with cycles, shared nodes or unknown features. */
    void check(int features, String where) throws ModelException {
        int nodes = feature.length;
        boolean isWhole = nodes > 0
                && threshold.length == nodes
                && left.length == nodes
                && right.length == nodes
                && value.length == nodes;
        require(isWhole, where + " is invalid: no nodes, or arrays of different lengths");
        BitSet children = new BitSet(nodes);
        for (int i = 0; i < nodes; i++) {
            String node = where + ", node " + i;
            require(Double.isFinite(value[i]), node + ": value is " + value[i] + ", expected a finite number");
            if (feature[i] != LEAF) {
                require(
                        feature[i] >= 0 && feature[i] < features,
                        node + ": feature is " + feature[i] + ", expected 0 to " + (features - 1));
                require(!Double.isNaN(threshold[i]), node + ": threshold is not a number");
                require(
                        left[i] > i && left[i] < nodes && right[i] > i && right[i] < nodes,
                        node + ": children must follow their node");
                require(
                        left[i] != right[i] && !children.get(left[i]) && !children.get(right[i]),
                        node + ": a child belongs to two nodes");
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
}
