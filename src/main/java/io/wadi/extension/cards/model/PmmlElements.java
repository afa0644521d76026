package io.wadi.extension.cards.model;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** The elements of a PMML document. */
final class PmmlElements {
    /** The names of the class of frauds. */
    static final List<String> FRAUD = List.of("1", "1.0", "true", "fraud", "yes");

    private PmmlElements() {}

    /** Parses a document without a document type declaration. */
    static Document parse(byte[] pmml) throws ModelException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setNamespaceAware(true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            return builder.parse(new ByteArrayInputStream(pmml));
        } catch (SAXException | IOException | ParserConfigurationException e) {
            throw new ModelException("It is not XML: " + e.getMessage());
        }
    }

    static List<Element> children(Element of, String... names) {
        Set<String> expected = Set.of(names);
        List<Element> found = new ArrayList<>();
        for (Node node = of.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && expected.contains(element.getLocalName())) {
                found.add(element);
            }
        }
        return found;
    }

    static Optional<Element> child(Element of, String name) {
        return children(of, name).stream().findFirst();
    }

    /** Returns the child elements that are supported models. */
    static List<Element> models(Element of) {
        return children(of, "TreeModel", "RegressionModel", "MiningModel");
    }

    /** Returns the child elements of an expression, such as the arguments of a function. */
    static List<Element> expressions(Element of) {
        List<Element> found = new ArrayList<>();
        for (Node node = of.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && !element.getLocalName().equals("Extension")) {
                found.add(element);
            }
        }
        return found;
    }

    static double number(Element of, String attribute) throws ModelException {
        String text = of.getAttribute(attribute);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new ModelException(
                    "<%s> has %s=\"%s\", expected a number".formatted(of.getLocalName(), attribute, text));
        }
    }
}
