package io.wadi.extension.cards.model;

import static io.wadi.extension.cards.model.PmmlElements.FRAUD;
import static io.wadi.extension.cards.model.PmmlElements.child;
import static io.wadi.extension.cards.model.PmmlElements.children;
import static io.wadi.extension.cards.model.PmmlElements.number;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * A converter of PMML trees to binary {@link Tree}s. A node of a PMML tree has any number of children, and evaluation
 * continues at the first child with a predicate that is true.
 */
final class PmmlTree {
    private final Function<String, PmmlField> fields;
    private final ToIntFunction<String> places;
    private final boolean keepsLast;
    private final List<Made> nodes = new ArrayList<>();

    /** A node under construction. */
    private static final class Made {
        private int feature = Tree.LEAF;
        private double threshold;
        private int left;
        private int right;
        private double value;
    }

    record Question(String field, String operator, double value) {
        /** Returns the greatest value of the field for which the left branch is taken. */
        double threshold(PmmlField of) throws ModelException {
            return switch (operator) {
                case "lessOrEqual", "greaterThan" -> of.ofType(value);
                case "lessThan", "greaterOrEqual" -> of.below(value);
                default ->
                    throw new ModelException(
                            "\"%s\" is compared by %s, expected lessOrEqual, lessThan, greaterThan or greaterOrEqual"
                                    .formatted(field, operator));
            };
        }

        boolean isLeft() {
            return operator.startsWith("less");
        }

        /** Returns whether exactly one of the two predicates is true for every value. */
        boolean isOppositeOf(Question other, PmmlField of) throws ModelException {
            return field.equals(other.field) && isLeft() != other.isLeft() && threshold(of) == other.threshold(of);
        }
    }

    /**
     * Creates a converter.
     *
     * @param places assigns indexes to features
     * @param keepsLast whether a node's own score applies if no child's predicate is true
     */
    PmmlTree(Function<String, PmmlField> fields, ToIntFunction<String> places, boolean keepsLast) {
        this.fields = fields;
        this.places = places;
        this.keepsLast = keepsLast;
    }

    /** Converts a tree and multiplies its values by a weight. */
    Tree read(Element root, double weight) throws ModelException {
        if (question(root) != null) {
            throw new ModelException("The root of a tree has a predicate, expected <True>");
        }
        add(root);
        return new Tree(
                nodes.stream().mapToInt(each -> each.feature).toArray(),
                nodes.stream().mapToDouble(each -> each.threshold).toArray(),
                nodes.stream().mapToInt(each -> each.left).toArray(),
                nodes.stream().mapToInt(each -> each.right).toArray(),
                nodes.stream().mapToDouble(each -> weight * each.value).toArray());
    }

    /** Adds a node and its descendants, and returns the number of the node. */
    private int add(Element node) throws ModelException {
        List<Element> children = nodes(node);
        return children.isEmpty() ? leaf(node) : choice(node, children);
    }

    private int leaf(Element node) throws ModelException {
        Made leaf = new Made();
        leaf.value = prediction(node)
                .orElseThrow(() ->
                        new ModelException("A <Node> without children has neither score nor <ScoreDistribution>"));
        nodes.add(leaf);
        return nodes.size() - 1;
    }

    private int choice(Element node, List<Element> left) throws ModelException {
        if (left.isEmpty()) {
            if (!keepsLast) {
                throw new ModelException("The children of a <Node> do not cover all values, and the tree's"
                        + " noTrueChildStrategy is not returnLastPrediction");
            }
            return leaf(node);
        }
        Question question = question(left.get(0));
        if (question == null) {
            return add(left.get(0));
        }
        Made made = new Made();
        int place = nodes.size();
        nodes.add(made);
        PmmlField field = fields.apply(question.field());
        if (!field.isValue()) {
            throw new ModelException("A tree splits on the derived field \"%s\", expected an unscaled feature"
                    .formatted(question.field()));
        }
        made.feature = places.applyAsInt(field.feature());
        made.threshold = field.atMost(question.threshold(field));
        int yes = add(left.get(0));
        int no = otherwise(node, question, left.subList(1, left.size()));
        made.left = question.isLeft() ? yes : no;
        made.right = question.isLeft() ? no : yes;
        // A node without a score of its own gets the mean of its children.
        made.value = prediction(node).orElse((nodes.get(yes).value + nodes.get(no).value) / 2);
        return place;
    }

    private int otherwise(Element node, Question answered, List<Element> left) throws ModelException {
        if (!left.isEmpty()) {
            Question next = question(left.get(0));
            if (next != null && next.isOppositeOf(answered, fields.apply(answered.field()))) {
                return add(left.get(0));
            }
        }
        return choice(node, left);
    }

    /** Rejects trees with shares of other classes only, which would score 0 for all payments. */
    static void requireFraudShares(Element root) throws ModelException {
        NodeList shares = root.getElementsByTagNameNS("*", "ScoreDistribution");
        Set<String> values = new TreeSet<>();
        for (int i = 0; i < shares.getLength(); i++) {
            values.add(((Element) shares.item(i)).getAttribute("value"));
        }
        if (!values.isEmpty() && values.stream().noneMatch(FRAUD::contains)) {
            throw new ModelException(
                    "The classes of its trees are %s: expected one of %s for fraud".formatted(values, FRAUD));
        }
    }

    /** Returns the share of frauds in a node, or its score; empty if it has neither. */
    private static Optional<Double> prediction(Element node) throws ModelException {
        List<Element> shares = children(node, "ScoreDistribution");
        if (!shares.isEmpty()) {
            double all = 0;
            double frauds = 0;
            for (Element each : shares) {
                double count = number(each, each.hasAttribute("probability") ? "probability" : "recordCount");
                all += count;
                frauds += FRAUD.contains(each.getAttribute("value")) ? count : 0;
            }
            return Optional.of(all == 0 ? 0 : frauds / all);
        }
        return node.getAttribute("score").isEmpty() ? Optional.empty() : Optional.of(number(node, "score"));
    }

    /** Returns the child nodes of a node; rejects a node with a model of its own. */
    private static List<Element> nodes(Element node) throws ModelException {
        if (!children(node, "Regression", "DecisionTree").isEmpty()) {
            throw new ModelException("A <Node> has an embedded model, expected child nodes or a score");
        }
        return children(node, "Node");
    }

    /** Returns the predicate of a node; null for {@code <True>}. */
    private static Question question(Element node) throws ModelException {
        Optional<Element> simple = child(node, "SimplePredicate");
        if (simple.isPresent()) {
            return new PmmlTree.Question(
                    simple.get().getAttribute("field"),
                    simple.get().getAttribute("operator"),
                    number(simple.get(), "value"));
        }
        if (child(node, "True").isPresent()) {
            return null;
        }
        throw new ModelException(
                "A <Node> has an unsupported predicate: expected <SimplePredicate> on a number or <True>");
    }
}
