package io.wadi.extension.cards.model;

import static io.wadi.extension.cards.model.PmmlElements.children;
import static io.wadi.extension.cards.model.PmmlElements.expressions;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.w3c.dom.Element;

/** The declared and derived fields of a PMML document; any other name is a feature. */
final class PmmlFields {
    private final Map<String, PmmlField> fields = new HashMap<>();

    /** The declared fields of which some values are invalid or mean a missing value, by name. */
    private final Map<String, Element> limited = new HashMap<>();

    /** Adds the fields that the document declares. */
    void readData(Element root) {
        for (Element dictionary : children(root, "DataDictionary")) {
            for (Element field : children(dictionary, "DataField")) {
                String name = field.getAttribute("name");
                fields.put(
                        name, PmmlField.of(name, field.getAttribute("dataType").equals("float")));
                if (!children(field, "Interval", "Value").isEmpty()) {
                    limited.put(name, field);
                }
            }
        }
    }

    /** Adds the fields that the document or a model derives from others. */
    void readDerived(Element of) throws ModelException {
        for (Element transformations : children(of, "TransformationDictionary", "LocalTransformations")) {
            for (Element derived : children(transformations, "DerivedField")) {
                String name = derived.getAttribute("name");
                PmmlField field = PmmlField.of(name, false);
                for (Element expression : expressions(derived)) {
                    field = computed(name, expression);
                }
                String type = derived.getAttribute("dataType");
                if (!Set.of("double", "float").contains(type)) {
                    throw new ModelException(
                            "The derived field \"%s\" has the unsupported dataType=\"%s\": expected double or float"
                                    .formatted(name, type));
                }
                fields.put(name, field.as(type));
            }
        }
    }

    private PmmlField computed(String name, Element expression) throws ModelException {
        try {
            return PmmlField.read(expression, this::get);
        } catch (ModelException e) {
            throw new ModelException(
                    ("The field \"%s\" is derived by %s, which is not supported: expected a field, or its sum, product"
                                    + " or quotient with numbers; compute the field before training")
                            .formatted(name, e.getMessage()));
        }
    }

    PmmlField get(String name) {
        return fields.getOrDefault(name, PmmlField.of(name, false));
    }

    /** Rejects a model that has no score for some values of its fields, or reads some as missing. */
    void requireUnlimitedInputs(Element model) throws ModelException {
        for (Element schema : children(model, "MiningSchema")) {
            for (Element field : children(schema, "MiningField")) {
                String usage = field.getAttribute("usageType");
                Element limit = limited.get(field.getAttribute("name"));
                if (limit != null
                        && (usage.isEmpty() || usage.equals("active"))
                        && !(field.getAttribute("invalidValueTreatment").equals("asIs")
                                && children(limit, "Value").isEmpty())) {
                    throw new ModelException(
                            ("The field \"%s\" has limits of its values, beyond which there is no score: expected no"
                                            + " <Value>, and no <Interval> without invalidValueTreatment=\"asIs\"")
                                    .formatted(field.getAttribute("name")));
                }
            }
        }
    }

    /** Rejects models that replace the values of their fields. */
    static void requireUnchangedInputs(Element model) throws ModelException {
        for (Element schema : children(model, "MiningSchema")) {
            for (Element field : children(schema, "MiningField")) {
                String outliers = field.getAttribute("outliers");
                if (!outliers.isEmpty() && !outliers.equals("asIs")) {
                    throw new ModelException("The field \"%s\" has the unsupported outliers=\"%s\": expected asIs"
                            .formatted(field.getAttribute("name"), outliers));
                }
            }
        }
    }
}
