package io.wadi.extension.cards.model;

import static io.wadi.extension.cards.model.PmmlElements.FRAUD;
import static io.wadi.extension.cards.model.PmmlElements.child;
import static io.wadi.extension.cards.model.PmmlElements.children;
import static io.wadi.extension.cards.model.PmmlElements.expressions;
import static io.wadi.extension.cards.model.PmmlElements.models;
import static io.wadi.extension.cards.model.PmmlElements.number;
import static io.wadi.extension.cards.model.PmmlElements.parse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.w3c.dom.Element;

/**
 * An importer of PMML 4.x as Python's tools write it: random forests, gradient-boosted trees and logistic regressions
 * on numbers, which may be scaled. It reads TreeModel, RegressionModel, and MiningModel with the method sum, average,
 * or modelChain if the second model converts the sum of the first one to a probability. Float fields are compared as
 * floats. Other elements are rejected.
 */
public final class PmmlReader {
    private static final String CHAIN = "modelChain";

    /** The output expression with which the first model of a chain converts its sum to a probability. */
    private static final String PROBABILITY = "/(1,+(1,exp(*(-1,%s))))";

    private final PmmlFields fields = new PmmlFields();
    private final List<String> features = new ArrayList<>();
    private final List<Tree> trees = new ArrayList<>();
    private final Map<String, Double> coefficients = new LinkedHashMap<>();
    private double base;
    private boolean isLogit;
    /** The output field of a chain's first model that has its sum; null without a chain. */
    private String sum;
    /** The output field that has that sum as a probability; null if there is none. */
    private String probability;
    /** Whether a chain's second model uses one of these. */
    private boolean isSumUsed;

    private PmmlReader() {}

    /**
     * Reads a model.
     *
     * @throws ModelException if it is not PMML or has an unsupported element
     */
    public static AdditiveModel read(byte[] pmml) throws ModelException {
        PmmlReader reader = new PmmlReader();
        Element root = parse(pmml).getDocumentElement();
        if (!root.getLocalName().equals("PMML")) {
            throw new ModelException("It is not PMML: its root is <" + root.getLocalName() + ">");
        }
        reader.fields.readData(root);
        reader.fields.readDerived(root);
        Element model = models(root).stream()
                .findFirst()
                .orElseThrow(() -> new ModelException(
                        "It has no supported model: expected TreeModel, RegressionModel or MiningModel"));
        reader.fields.requireUnlimitedInputs(model);
        PmmlTree.requireFraudShares(root);
        reader.readModel(model, 1, true);
        return reader.made();
    }

    private AdditiveModel made() {
        double[] byFeature = new double[coefficients.isEmpty() ? 0 : features.size()];
        coefficients.forEach((name, value) -> byFeature[features.indexOf(name)] = value);
        return new AdditiveModel(
                List.copyOf(features), isLogit, base, byFeature, new double[byFeature.length], List.copyOf(trees));
    }

    /** Reads a model; {@code isWhole} is false for the members of an ensemble. */
    private void readModel(Element model, double weight, boolean isWhole) throws ModelException {
        requireScores(model);
        PmmlFields.requireUnchangedInputs(model);
        fields.readDerived(model);
        double scale = readTargets(model, weight, isSum(model));
        switch (model.getLocalName()) {
            case "TreeModel" -> trees.add(tree(model, weight * scale));
            case "RegressionModel" -> readRegression(model, weight * scale, isWhole);
            default -> readEnsemble(model, weight * scale, isWhole);
        }
    }

    private static void requireScores(Element model) throws ModelException {
        if (model.getAttribute("isScorable").equals("false")) {
            throw new ModelException(
                    "A <%s> has isScorable=\"false\", expected models with scores".formatted(model.getLocalName()));
        }
    }

    /** Returns whether a model predicts a sum, and not a probability. */
    private static boolean isSum(Element model) {
        return !model.getAttribute("functionName").equals("classification")
                && !model.getAttribute("normalizationMethod").equals("logit")
                && children(model, "Segmentation").stream()
                        .noneMatch(
                                each -> each.getAttribute("multipleModelMethod").equals(CHAIN));
    }

    /** Adds the rescale constants to the base and returns the rescale factor. Only sums can be rescaled. */
    private double readTargets(Element model, double weight, boolean isSum) throws ModelException {
        double scale = 1;
        for (Element targets : children(model, "Targets")) {
            for (Element target : children(targets, "Target")) {
                for (String other : List.of("min", "max", "castInteger")) {
                    if (!target.getAttribute(other).isEmpty()) {
                        throw new ModelException("<Target> has the unsupported attribute %s".formatted(other));
                    }
                }
                double factor = target.getAttribute("rescaleFactor").isEmpty() ? 1 : number(target, "rescaleFactor");
                double constant =
                        target.getAttribute("rescaleConstant").isEmpty() ? 0 : number(target, "rescaleConstant");
                if (!isSum && (factor != 1 || constant != 0)) {
                    throw new ModelException(
                            "<Target> rescales a probability, or the result of a chain: expected a rescaled sum only");
                }
                scale *= factor;
                base += weight * constant;
            }
        }
        return scale;
    }

    private void readEnsemble(Element model, double weight, boolean isWhole) throws ModelException {
        Element segmentation = child(model, "Segmentation")
                .orElseThrow(() -> new ModelException("A <MiningModel> has no <Segmentation>"));
        List<Element> segments = children(segmentation, "Segment");
        String method = segmentation.getAttribute("multipleModelMethod");
        for (Element segment : segments) {
            if (child(segment, "True").isEmpty()) {
                throw new ModelException("A <Segment> has a condition, expected <True>");
            }
        }
        switch (method) {
            case "sum" -> readSegments(segments, weight);
            case "average" -> readSegments(segments, weight / segments.size());
            case CHAIN -> {
                requireWhole(isWhole);
                readChain(segments);
            }
            default ->
                throw new ModelException("Unsupported multipleModelMethod \"%s\": expected sum, average or modelChain"
                        .formatted(method));
        }
    }

    private void readSegments(List<Element> segments, double weight) throws ModelException {
        for (Element segment : segments) {
            readModel(ofSegment(segment), weight, false);
        }
    }

    private static void requireWhole(boolean isWhole) throws ModelException {
        if (!isWhole) {
            throw new ModelException(
                    "A model within an ensemble converts its sum to a probability: expected a conversion of the total"
                            + " only");
        }
    }

    private static Element ofSegment(Element segment) throws ModelException {
        return models(segment).stream()
                .findFirst()
                .orElseThrow(() -> new ModelException("A <Segment> has no supported model"));
    }

    private void readChain(List<Element> segments) throws ModelException {
        if (segments.size() != 2) {
            throw new ModelException(
                    "Unsupported chain of %d models: expected two, the second a regression".formatted(segments.size()));
        }
        Element first = ofSegment(segments.get(0));
        readModel(first, 1, false);
        readOutputs(first);
        Element second = ofSegment(segments.get(1));
        if (!second.getLocalName().equals("RegressionModel")) {
            throw new ModelException(
                    "The second model of a chain is a <%s>, not a <RegressionModel>".formatted(second.getLocalName()));
        }
        requireScores(second);
        PmmlFields.requireUnchangedInputs(second);
        fields.readDerived(second);
        readTargets(second, 1, false);
        readRegression(second, 1, true);
        if (!isSumUsed) {
            throw new ModelException(
                    "The second model of a chain does not use the output \"%s\" of the first one".formatted(sum));
        }
    }

    /** Finds the names of the first model's outputs in a chain. */
    private void readOutputs(Element first) throws ModelException {
        for (Element output : children(first, "Output")) {
            for (Element field : children(output, "OutputField")) {
                String name = field.getAttribute("name");
                List<Element> made = expressions(field);
                String feature = field.getAttribute("feature");
                if (made.isEmpty() && sum == null && (feature.isEmpty() || feature.equals("predictedValue"))) {
                    sum = name;
                } else if (made.size() == 1 && text(made.get(0)).equals(PROBABILITY.formatted(sum))) {
                    probability = name;
                }
            }
        }
        if (sum == null) {
            throw new ModelException("The first model of a chain has no <OutputField> with its predicted value");
        }
    }

    private static String text(Element expression) {
        return switch (expression.getLocalName()) {
            case "FieldRef" -> expression.getAttribute("field");
            case "Apply" ->
                expressions(expression).stream()
                        .map(PmmlReader::text)
                        .collect(Collectors.joining(",", expression.getAttribute("function") + "(", ")"));
            default -> expression.getTextContent().strip().replaceFirst("\\.0$", "");
        };
    }

    private void readRegression(Element model, double weight, boolean isWhole) throws ModelException {
        Element table = fraudTable(model);
        base += weight * number(table, "intercept");
        if (!children(table, "CategoricalPredictor", "PredictorTerm").isEmpty()) {
            throw new ModelException("Unsupported predictors: expected <NumericPredictor> only");
        }
        String method = model.getAttribute("normalizationMethod");
        if (method.equals("logit")) {
            requireWhole(isWhole);
            isLogit = true;
        } else if (!method.isEmpty() && !method.equals("none")) {
            throw new ModelException(
                    "Unsupported normalizationMethod \"%s\": expected logit or none".formatted(method));
        }
        List<Element> predictors = children(table, "NumericPredictor");
        for (Element each : predictors) {
            String name = each.getAttribute("name");
            if (name.equals(probability) && (isLogit || predictors.size() > 1 || number(table, "intercept") != 0)) {
                throw new ModelException("Unsupported use of the probability \"%s\" in a regression".formatted(name));
            }
            readPredictor(each, name, weight);
        }
    }

    private void readPredictor(Element predictor, String name, double weight) throws ModelException {
        double coefficient = number(predictor, "coefficient");
        if (!predictor.getAttribute("exponent").isEmpty() && number(predictor, "exponent") != 1) {
            throw new ModelException("\"%s\" has an exponent, expected none or 1".formatted(name));
        }
        if (name.equals(sum) || name.equals(probability)) {
            if (coefficient != 1) {
                throw new ModelException(
                        "The sum \"%s\" has the coefficient %s, expected 1".formatted(name, coefficient));
            }
            isLogit |= name.equals(probability);
            isSumUsed = true;
            return;
        }
        PmmlField field = fields.get(name);
        base += weight * coefficient * field.constant();
        place(field.feature());
        coefficients.merge(field.feature(), weight * coefficient * field.factor(), Double::sum);
    }

    /**
     * Returns the only table of a regression, or its first one, which must be for fraud: the second class has the
     * probability that the first one leaves.
     */
    private static Element fraudTable(Element model) throws ModelException {
        List<Element> tables = children(model, "RegressionTable");
        String first = tables.isEmpty() ? "" : tables.get(0).getAttribute("targetCategory");
        if (tables.isEmpty()
                || tables.size() > 2
                || !(FRAUD.contains(first) || (tables.size() == 1 && first.isEmpty()))
                || (tables.size() == 2 && !isZero(tables.get(1)))) {
            throw new ModelException(
                    ("Unsupported <RegressionTable>s: expected the first with a targetCategory of %s, and at most one"
                                    + " more, without predictors")
                            .formatted(FRAUD));
        }
        return tables.get(0);
    }

    private static boolean isZero(Element table) throws ModelException {
        return expressions(table).isEmpty() && number(table, "intercept") == 0;
    }

    private int place(String feature) {
        if (!features.contains(feature)) {
            features.add(feature);
        }
        return features.indexOf(feature);
    }

    private Tree tree(Element model, double weight) throws ModelException {
        Element root = child(model, "Node").orElseThrow(() -> new ModelException("A <TreeModel> has no <Node>"));
        PmmlTree tree = new PmmlTree(
                fields::get,
                this::place,
                model.getAttribute("noTrueChildStrategy").equals("returnLastPrediction"));
        return tree.read(root, weight);
    }
}
