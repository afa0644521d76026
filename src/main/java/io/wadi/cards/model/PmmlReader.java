package io.wadi.cards.model;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * Brings models in from PMML 4.x, as Python's tools write it: random forests, gradient boosted trees and logistic regressions on
 * numbers. That is TreeModel, RegressionModel, and MiningModel with the methods sum, average, and modelChain where the second
 * model makes a probability of the first one's sum. What else PMML can say is refused, not guessed.
 */
public final class PmmlReader {
    private static final Set<String> FRAUD = Set.of("1", "1.0", "true", "fraud", "yes");

    /** Names that stand for a feature's value as it is. */
    private final Map<String, String> aliases = new HashMap<>();

    private final List<String> features = new ArrayList<>();
    private final List<Tree> trees = new ArrayList<>();
    private final Map<String, Double> coefficients = new LinkedHashMap<>();
    private double base;
    private boolean isLogit;
    /** Of a chain: the name under which the second model knows the first one's sum. */
    private String sum;

    private PmmlReader() {}

    /**
     * Reads a model.
     *
     * @throws ModelException where it is no PMML, or says what is not understood here: with the element
     */
    public static AdditiveModel read(byte[] pmml) throws ModelException {
        PmmlReader reader = new PmmlReader();
        Element root = parse(pmml).getDocumentElement();
        if (!root.getLocalName().equals("PMML")) {
            throw new ModelException("It is no PMML: its root is <" + root.getLocalName() + ">");
        }
        reader.readAliases(root);
        Element model = models(root).stream()
                .findFirst()
                .orElseThrow(() -> new ModelException(
                        "It has no TreeModel, RegressionModel or MiningModel, and others are not understood"));
        reader.readModel(model, 1);
        return reader.made();
    }

    private static Document parse(byte[] pmml) throws ModelException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setNamespaceAware(true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new ByteArrayInputStream(pmml));
        } catch (SAXException | IOException | ParserConfigurationException e) {
            throw new ModelException("It is no XML: " + e.getMessage());
        }
    }

    private AdditiveModel made() {
        double[] byFeature = new double[coefficients.isEmpty() ? 0 : features.size()];
        coefficients.forEach((name, value) -> byFeature[features.indexOf(name)] = value);
        return new AdditiveModel(
                List.copyOf(features), isLogit, base, byFeature, new double[byFeature.length], List.copyOf(trees));
    }

    private static List<Element> children(Element of, String... names) {
        List<String> wanted = Arrays.asList(names);
        List<Element> found = new ArrayList<>();
        for (Node node = of.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && wanted.contains(element.getLocalName())) {
                found.add(element);
            }
        }
        return found;
    }

    private static Optional<Element> child(Element of, String name) {
        return children(of, name).stream().findFirst();
    }

    private static List<Element> models(Element of) {
        return children(of, "TreeModel", "RegressionModel", "MiningModel");
    }

    /** Fields that are others under another name, such as those that make a number of a number. */
    private void readAliases(Element of) throws ModelException {
        for (Element transformations : children(of, "TransformationDictionary", "LocalTransformations")) {
            for (Element derived : children(transformations, "DerivedField")) {
                Element reference = child(derived, "FieldRef")
                        .orElseThrow(
                                () -> new ModelException(
                                        "The field \"%s\" is computed in the model: only fields as they"
                                                        .formatted(derived.getAttribute("name"))
                                                + " are, or under another name, are understood; compute it before, or leave it out"));
                aliases.put(derived.getAttribute("name"), reference.getAttribute("field"));
            }
        }
    }

    private void readModel(Element model, double weight) throws ModelException {
        readAliases(model);
        switch (model.getLocalName()) {
            case "TreeModel" -> trees.add(tree(model, weight));
            case "RegressionModel" -> readRegression(model, weight);
            default -> readEnsemble(model, weight);
        }
        readTargets(model, weight);
    }

    /** A constant that is added to the sum of a regression. */
    private void readTargets(Element model, double weight) throws ModelException {
        for (Element targets : children(model, "Targets")) {
            for (Element target : children(targets, "Target")) {
                if (!target.getAttribute("rescaleFactor").isEmpty() && number(target, "rescaleFactor") != 1) {
                    throw new ModelException("<Target> has a rescaleFactor, which is not understood");
                }
                base += target.getAttribute("rescaleConstant").isEmpty()
                        ? 0
                        : weight * number(target, "rescaleConstant");
            }
        }
    }

    private void readEnsemble(Element model, double weight) throws ModelException {
        Element segmentation = child(model, "Segmentation")
                .orElseThrow(() -> new ModelException("A <MiningModel> has no <Segmentation>"));
        List<Element> segments = children(segmentation, "Segment");
        String method = segmentation.getAttribute("multipleModelMethod");
        for (Element segment : segments) {
            if (child(segment, "True").isEmpty()) {
                throw new ModelException("A <Segment> has a condition, which is not understood");
            }
        }
        switch (method) {
            case "sum" -> readSegments(segments, weight);
            case "average" -> readSegments(segments, weight / segments.size());
            case "modelChain" -> readChain(segments);
            default ->
                throw new ModelException(
                        "The multipleModelMethod \"%s\" is not understood; sum, average and modelChain are"
                                .formatted(method));
        }
    }

    private void readSegments(List<Element> segments, double weight) throws ModelException {
        for (Element segment : segments) {
            readModel(ofSegment(segment), weight);
        }
    }

    private static Element ofSegment(Element segment) throws ModelException {
        return models(segment).stream()
                .findFirst()
                .orElseThrow(() -> new ModelException("A <Segment> has no model that is understood"));
    }

    private void readChain(List<Element> segments) throws ModelException {
        if (segments.size() != 2) {
            throw new ModelException("A chain of %d models is not understood; one of two is, the second a regression"
                    .formatted(segments.size()));
        }
        Element first = ofSegment(segments.get(0));
        readModel(first, 1);
        sum = children(first, "Output").stream()
                .flatMap(output -> children(output, "OutputField").stream())
                .map(field -> field.getAttribute("name"))
                .findFirst()
                .orElseThrow(() -> new ModelException("The first model of a chain has no <OutputField>"));
        Element second = ofSegment(segments.get(1));
        if (!second.getLocalName().equals("RegressionModel")) {
            throw new ModelException(
                    "The second model of a chain is a <%s>, not a <RegressionModel>".formatted(second.getLocalName()));
        }
        readRegression(second, 1);
    }

    private void readRegression(Element model, double weight) throws ModelException {
        Element table = fraudTable(model);
        base += weight * number(table, "intercept");
        if (!children(table, "CategoricalPredictor", "PredictorTerm").isEmpty()) {
            throw new ModelException("A regression on categories or products is not understood; on numbers it is");
        }
        for (Element each : children(table, "NumericPredictor")) {
            String name = each.getAttribute("name");
            double coefficient = number(each, "coefficient");
            if (!each.getAttribute("exponent").isEmpty() && number(each, "exponent") != 1) {
                throw new ModelException("\"%s\" has an exponent, which is not understood".formatted(name));
            }
            if (name.equals(sum)) {
                if (coefficient != 1) {
                    throw new ModelException(
                            "The sum \"%s\" has the coefficient %s; only 1 is understood".formatted(name, coefficient));
                }
            } else {
                feature(name);
                coefficients.merge(resolved(name), weight * coefficient, Double::sum);
            }
        }
        String method = model.getAttribute("normalizationMethod");
        if (method.equals("logit")) {
            isLogit = true;
        } else if (!method.isEmpty() && !method.equals("none")) {
            throw new ModelException(
                    "The normalizationMethod \"%s\" is not understood; logit and none are".formatted(method));
        }
    }

    /** The one table of a regression, or of two categories the one of fraud. */
    private static Element fraudTable(Element model) throws ModelException {
        List<Element> tables = children(model, "RegressionTable");
        if (tables.size() == 1) {
            return tables.get(0);
        }
        for (Element each : tables) {
            if (FRAUD.contains(each.getAttribute("targetCategory"))) {
                return each;
            }
        }
        throw new ModelException("No <RegressionTable> is for fraud: its targetCategory has to be one of " + FRAUD);
    }

    private static double number(Element of, String attribute) throws ModelException {
        String text = of.getAttribute(attribute);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new ModelException(
                    "<%s> has %s=\"%s\", which is no number".formatted(of.getLocalName(), attribute, text));
        }
    }

    private String resolved(String name) {
        String of = name;
        for (int i = 0; aliases.containsKey(of) && i < aliases.size(); i++) {
            of = aliases.get(of);
        }
        return of;
    }

    /** Its number among the features. */
    private int feature(String name) {
        String of = resolved(name);
        if (!features.contains(of)) {
            features.add(of);
        }
        return features.indexOf(of);
    }

    private Tree tree(Element model, double weight) throws ModelException {
        Element root = child(model, "Node").orElseThrow(() -> new ModelException("A <TreeModel> has no <Node>"));
        PmmlTree tree = new PmmlTree(
                this::feature, model.getAttribute("noTrueChildStrategy").equals("returnLastPrediction"));
        return tree.read(root, weight);
    }

    /** What a tree's node says by itself: a share of frauds, or a number; nothing where it says neither. */
    static Optional<Double> said(Element node) throws ModelException {
        List<Element> shares = children(node, "ScoreDistribution");
        if (!shares.isEmpty()) {
            double all = 0;
            double frauds = 0;
            for (Element each : shares) {
                double count = number(each, "recordCount");
                all += count;
                frauds += FRAUD.contains(each.getAttribute("value")) ? count : 0;
            }
            return Optional.of(all == 0 ? 0 : frauds / all);
        }
        return node.getAttribute("score").isEmpty() ? Optional.empty() : Optional.of(number(node, "score"));
    }

    static List<Element> nodes(Element node) {
        return children(node, "Node");
    }

    /** What a node asks of who comes to it. */
    static PmmlTree.Question question(Element node) throws ModelException {
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
                "A <Node> asks what is not understood; <SimplePredicate> on a number and <True> are understood");
    }
}
