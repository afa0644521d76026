package io.wadi.streams.parser;

import static io.wadi.runtime.config.Units.matching;

import io.wadi.runtime.config.YamlFields;
import io.wadi.streams.definition.Sink;
import io.wadi.streams.definition.Step;
import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.ValueType;
import java.util.List;
import java.util.Optional;

/** A parser of the sink at the end of a flow or arm. */
record SinkParser(ExpressionParser expressions) {
    /** Parses the sink; null if the steps end with arms. */
    Sink sink(YamlFields fields, List<Step> steps, StepContext context) {
        Step last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
        boolean isBranched =
                last instanceof Step.Branch || (last != null && !last.arms().isEmpty());
        if (isBranched) {
            if (fields.has("to")) {
                fields.refuse(
                        "to",
                        last instanceof Step.Branch
                                ? "is not allowed with branch: each branch has its own"
                                : "is not allowed with outputs: each output has its own");
            }
            return null;
        }
        return sink(fields, context);
    }

    private Sink sink(YamlFields fields, StepContext context) {
        if (fields.isPlain("to") || !fields.has("to")) {
            Optional<String> topic =
                    fields.required("to", "a topic, or {topic: …}", text -> matching(text, FieldValues.TOPIC));
            return new Sink(topic.stream().toList(), null, null, fields.line("to"));
        }
        return fields.mapping("to").map(to -> typed(to, context)).orElse(null);
    }

    private Sink typed(YamlFields to, StepContext context) {
        ValueType value = FieldValues.type(to, "value", null);
        Sink sink;
        if (to.isPlain("topic") || !to.has("topic")) {
            sink = new Sink(FieldValues.topic(to).stream().toList(), null, value, to.line());
            if (to.has("among")) {
                to.refuse("among", "is not allowed with a fixed topic: it lists the topics of an expression");
            }
        } else {
            FlowExpression chosen = expressions.expression(to, "topic", context).orElse(null);
            List<String> topics = to.requiredValues(
                    "among",
                    "a list of all topics that the expression may return",
                    text -> matching(text, FieldValues.TOPIC));
            sink = new Sink(topics, chosen, value, to.line());
        }
        to.end();
        return sink;
    }
}
