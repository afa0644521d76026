package io.wadi.extension.cards.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.w3c.dom.Element;

/**
 * A tree of PMML made one of ours. There a node may have any number of children, of which the first takes over whose question is
 * answered by yes; here it has two, or none.
 */
final class PmmlTree {
    private final Function<String, PmmlField> fields;
    private final ToIntFunction<String> places;
    private final boolean keepsLast;
    private final List<Made> nodes = new ArrayList<>();

    /** A node while the tree is made. */
    private static final class Made {
        private int feature = Tree.LEAF;
        private double threshold;
        private int left;
        private int right;
        private double value;
    }

    /** A comparison with a number. */
    record Question(String field, String operator, double value) {
        /** The value up to which a feature is on the left. */
        double threshold() throws ModelException {
            return switch (operator) {
                case "lessOrEqual", "greaterThan" -> value;
                case "lessThan", "greaterOrEqual" -> Math.nextDown(value);
                default ->
                    throw new ModelException(
                            "\"%s\" is compared by %s; lessOrEqual, lessThan, greaterThan and greaterOrEqual are understood"
                                    .formatted(field, operator));
            };
        }

        boolean isLeft() {
            return operator.startsWith("less");
        }

        /** Whether one of the two is answered by yes whatever the value. */
        boolean isOppositeOf(Question other) throws ModelException {
            return field.equals(other.field) && isLeft() != other.isLeft() && threshold() == other.threshold();
        }
    }

    /**
     * Takes who knows fields by name.
     *
     * @param places gives features their numbers
     * @param keepsLast whether a node without a child that takes over says what it says itself
     */
    PmmlTree(Function<String, PmmlField> fields, ToIntFunction<String> places, boolean keepsLast) {
        this.fields = fields;
        this.places = places;
        this.keepsLast = keepsLast;
    }

    /** Makes one, whose values are weighed. */
    Tree read(Element root, double weight) throws ModelException {
        if (PmmlReader.question(root) != null) {
            throw new ModelException("The root of a tree asks something; <True> is understood");
        }
        add(root);
        Tree tree = new Tree(
                nodes.stream().mapToInt(each -> each.feature).toArray(),
                nodes.stream().mapToDouble(each -> each.threshold).toArray(),
                nodes.stream().mapToInt(each -> each.left).toArray(),
                nodes.stream().mapToInt(each -> each.right).toArray(),
                nodes.stream().mapToDouble(each -> weight * each.value).toArray());
        return tree;
    }

    /** Adds a node with all below it, and returns its number. */
    private int add(Element node) throws ModelException {
        List<Element> children = PmmlReader.nodes(node);
        return children.isEmpty() ? leaf(node) : choice(node, children);
    }

    private int leaf(Element node) throws ModelException {
        Made leaf = new Made();
        leaf.value = PmmlReader.said(node)
                .orElseThrow(() -> new ModelException("A <Node> without children has neither score nor shares"));
        nodes.add(leaf);
        return nodes.size() - 1;
    }

    private int choice(Element node, List<Element> left) throws ModelException {
        if (left.isEmpty()) {
            if (!keepsLast) {
                throw new ModelException("The children of a <Node> leave values out, and the tree's"
                        + " noTrueChildStrategy is not returnLastPrediction");
            }
            return leaf(node);
        }
        Question question = PmmlReader.question(left.get(0));
        if (question == null) {
            return add(left.get(0));
        }
        Made made = new Made();
        int place = nodes.size();
        nodes.add(made);
        PmmlField asked = fields.apply(question.field());
        if (!asked.isValue()) {
            throw new ModelException(
                    "A tree asks \"%s\", which is computed; features as they are are understood, which trees need not have scaled"
                            .formatted(question.field()));
        }
        made.feature = places.applyAsInt(asked.feature());
        made.threshold = asked.atMost(question.threshold());
        int yes = add(left.get(0));
        int no = otherwise(node, question, left.subList(1, left.size()));
        made.left = question.isLeft() ? yes : no;
        made.right = question.isLeft() ? no : yes;
        // Where the node says nothing itself, both ways count alike.
        made.value = PmmlReader.said(node).orElse((nodes.get(yes).value + nodes.get(no).value) / 2);
        return place;
    }

    private int otherwise(Element node, Question answered, List<Element> left) throws ModelException {
        if (!left.isEmpty()) {
            Question next = PmmlReader.question(left.get(0));
            if (next != null && next.isOppositeOf(answered)) {
                return add(left.get(0));
            }
        }
        return choice(node, left);
    }
}
