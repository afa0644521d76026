package io.wadi.extension.cards.model;

import java.util.List;
import java.util.function.Function;
import org.w3c.dom.Element;

/**
 * A PMML field: a feature's value times a factor plus a constant, which is the form that scalers produce.
 *
 * @param feature the feature's name; empty for a constant
 * @param isFloat whether the feature's value is first rounded to the nearest float
 * @param isOfTypeFloat whether the field's own type is float, and not only that of the feature
 */
record PmmlField(String feature, double factor, double constant, boolean isFloat, boolean isOfTypeFloat) {

    static PmmlField of(String feature, boolean isFloat) {
        return new PmmlField(feature, 1, 0, isFloat, isFloat);
    }

    /** Returns whether the field is the unscaled feature. */
    boolean isValue() {
        return factor == 1 && constant == 0;
    }

    private boolean isConstant() {
        return feature.isEmpty();
    }

    /** Applies the declared type of a transformation. */
    PmmlField as(String dataType) {
        boolean isNowFloat = dataType.equals("float");
        return new PmmlField(feature, factor, constant, isFloat || isNowFloat, isNowFloat);
    }

    private PmmlField times(double number) {
        return new PmmlField(feature, factor * number, constant * number, isFloat, false);
    }

    private PmmlField plus(double number) {
        return new PmmlField(feature, factor, constant + number, isFloat, false);
    }

    /**
     * Returns a threshold of the field's type: the text of a float may be greater or less than the float if it is read
     * as a double.
     */
    double ofType(double threshold) {
        return isOfTypeFloat ? (float) threshold : threshold;
    }

    /** Returns the greatest value of the field's type below a threshold of this type. */
    double below(double threshold) {
        return isOfTypeFloat ? Math.nextDown((float) threshold) : Math.nextDown(threshold);
    }

    /**
     * Returns the greatest value of the feature for which the field is at most the threshold. If the field is rounded
     * to floats, this value may lie between two floats. Only for unscaled fields.
     */
    double atMost(double threshold) {
        if (!isFloat) {
            return threshold;
        }
        float nearest = (float) threshold;
        float most = nearest > threshold ? Math.nextDown(nearest) : nearest;
        double between = ((double) most + Math.nextUp(most)) / 2;
        return (float) between <= threshold ? between : Math.nextDown(between);
    }

    /**
     * Evaluates an expression.
     *
     * @param named returns the field of a name
     * @throws ModelException if the expression is neither a field nor its sum, product or quotient with numbers; the
     *     message is the unsupported element
     */
    static PmmlField read(Element expression, Function<String, PmmlField> named) throws ModelException {
        return switch (expression.getLocalName()) {
            case "FieldRef" -> named.apply(expression.getAttribute("field"));
            case "Constant" -> new PmmlField("", 0, number(expression), false, false);
            case "Apply" -> apply(expression.getAttribute("function"), PmmlElements.expressions(expression), named);
            default -> throw new ModelException("<%s>".formatted(expression.getLocalName()));
        };
    }

    private static double number(Element constant) throws ModelException {
        String text = constant.getTextContent().strip();
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new ModelException("the constant \"%s\"".formatted(text));
        }
    }

    private static PmmlField apply(String function, List<Element> of, Function<String, PmmlField> named)
            throws ModelException {
        if (of.size() != 2) {
            throw new ModelException(function);
        }
        PmmlField first = read(of.get(0), named);
        PmmlField second = read(of.get(1), named);
        if (function.equals("+") && (first.isConstant() || second.isConstant())) {
            return first.isConstant() ? second.plus(first.constant) : first.plus(second.constant);
        }
        if (function.equals("-") && (first.isConstant() || second.isConstant())) {
            return first.isConstant() ? second.times(-1).plus(first.constant) : first.plus(-second.constant);
        }
        if (function.equals("*") && (first.isConstant() || second.isConstant())) {
            return first.isConstant() ? second.times(first.constant) : first.times(second.constant);
        }
        if (function.equals("/") && second.isConstant() && second.constant != 0) {
            return first.times(1 / second.constant);
        }
        throw new ModelException(function);
    }
}
