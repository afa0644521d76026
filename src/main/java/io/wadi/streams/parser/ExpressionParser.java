package io.wadi.streams.parser;

import io.wadi.runtime.config.YamlFields;
import io.wadi.streams.expression.FlowExpression;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

record ExpressionParser(CamelContext camel) {
    static final String EXPRESSION =
            "an expression: {simple: \"${body}\"}, {jsonpath: $.field} or {jq: .field}, one of them";

    /** Parses a required expression for a value; empty after a mistake, which is recorded. */
    Optional<FlowExpression> expression(YamlFields fields, String word, StepContext context) {
        return expression(fields, word, false, context);
    }

    /** Parses a required expression for a condition; empty after a mistake, which is recorded. */
    Optional<FlowExpression> condition(YamlFields fields, String word, StepContext context) {
        return expression(fields, word, true, context);
    }

    private Optional<FlowExpression> expression(
            YamlFields fields, String word, boolean isCondition, StepContext context) {
        if (!fields.has(word)) {
            fields.required(word, EXPRESSION, Function.identity());
            return Optional.empty();
        }
        if (fields.isPlain(word)) {
            fields.refuse(word, "is not a mapping, expected " + EXPRESSION);
            return Optional.empty();
        }
        return fields.mapping(word).flatMap(each -> oneOf(each, word, List.of(), isCondition, context));
    }

    /**
     * Parses an expression for a value among other fields of a mapping.
     *
     * @param step the step that has the expression
     * @param beside the other fields, which were parsed before
     */
    Optional<FlowExpression> expressionBeside(
            YamlFields fields, String step, List<String> beside, StepContext context) {
        return oneOf(fields, step, beside, false, context);
    }

    private Optional<FlowExpression> oneOf(
            YamlFields fields, String word, List<String> beside, boolean isCondition, StepContext context) {
        List<String> given =
                FlowExpression.LANGUAGES.stream().filter(fields::has).toList();
        boolean isKnown = Set.copyOf(Stream.concat(FlowExpression.LANGUAGES.stream(), beside.stream())
                        .toList())
                .containsAll(fields.names());
        if (given.size() != 1 && isKnown) {
            fields.refuse(
                    (given.isEmpty() ? "has no expression" : "has several expressions") + ", expected " + EXPRESSION);
        }
        Optional<FlowExpression> expression =
                given.size() == 1 ? compiled(fields, word, given.get(0), isCondition, context) : Optional.empty();
        fields.end();
        return expression;
    }

    private Optional<FlowExpression> compiled(
            YamlFields fields, String word, String language, boolean isCondition, StepContext context) {
        Optional<String> text = fields.required(language, "a text", FieldValues::notBlank);
        try {
            Optional<FlowExpression> expression =
                    text.map(each -> FlowExpression.of(camel, word, language, each, isCondition));
            expression.flatMap(context::mistake).ifPresent(mistake -> fields.refuse(language, mistake));
            return expression;
        } catch (IllegalArgumentException e) {
            fields.refuse(language, "does not compile: " + e.getMessage());
            return Optional.empty();
        }
    }
}
