package io.wadi.streams.parser;

import static io.wadi.runtime.config.Units.either;
import static io.wadi.runtime.config.Units.matching;
import static io.wadi.runtime.config.Units.number;

import io.wadi.runtime.config.NearestName;
import io.wadi.runtime.config.YamlFields;
import io.wadi.streams.definition.Sink;
import io.wadi.streams.definition.Step;
import io.wadi.streams.definition.Table;
import io.wadi.streams.definition.WindowDefinition;
import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/** Parser of a flow's steps and sink. */
final class StepParser {
    private static final List<String> STEPS = Stream.concat(
                    Stream.of(
                            "filter",
                            "map",
                            "select-key",
                            "join",
                            "repartition",
                            "window",
                            "aggregate",
                            "every",
                            "deduplicate",
                            "process",
                            "branch"),
                    AggregationParser.KINDS.stream())
            .toList();

    private final ExpressionParser expressions;
    private final AggregationParser aggregations;
    private final Map<String, Table> tables;
    private final ProcessorParser processors;

    /** Takes the parser of expressions and the file's tables, which may be added later. */
    StepParser(CamelContext camel, ExpressionParser expressions, Map<String, Table> tables) {
        this.processors = new ProcessorParser(camel);
        this.expressions = expressions;
        this.aggregations = new AggregationParser(expressions);
        this.tables = tables;
    }

    /** The type of the key at the current step, and whether there is a result for each window beside it. */
    static final class Key {
        private ValueType type;
        private boolean isWindowed;

        Key(ValueType type) {
            this.type = type;
        }

        private Key copy() {
            Key copy = new Key(type);
            copy.isWindowed = isWindowed;
            return copy;
        }
    }

    List<Step> steps(YamlFields fields, Key key) {
        if (!fields.has("steps")) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>();
        YamlFields window = null;
        String branched = "";
        for (YamlFields step : fields.mappings("steps", "")) {
            String word = word(step);
            if (!branched.isEmpty()) {
                step.refuse(
                        "comes after %s, which must be the last step: move it into an arm's steps".formatted(branched));
            }
            if (window != null && !word.isEmpty() && !AggregationParser.isAggregate(word)) {
                refuseWithoutAggregate(window);
                window = null;
            }
            if (word.equals("window")) {
                window = step;
            } else if (!word.isEmpty()) {
                WindowDefinition by = window == null ? null : WindowParser.window(window);
                window = null;
                step(step, word, by, key).ifPresent(steps::add);
                step.end();
            }
            boolean isBranch = word.equals("branch")
                    || (!steps.isEmpty() && !steps.get(steps.size() - 1).arms().isEmpty());
            branched = isBranch ? word : "";
        }
        if (window != null) {
            refuseWithoutAggregate(window);
        }
        return steps;
    }

    private static void refuseWithoutAggregate(YamlFields window) {
        window.refuse("window has no " + String.join(", ", AggregationParser.KINDS)
                + " or aggregate right after it, which computes the window's result");
    }

    /** Returns the only field of a step; empty after a mistake, which is recorded. */
    private static String word(YamlFields step) {
        List<String> words = step.names();
        if (words.size() == 1 && STEPS.contains(words.get(0))) {
            return words.get(0);
        }
        if (words.size() == 1) {
            step.refuse("%s: there is no such step; %s"
                    .formatted(
                            words.get(0),
                            NearestName.to(words.get(0), STEPS)
                                    .map(near -> "did you mean " + near + "?")
                                    .orElse("expected one of " + String.join(", ", STEPS))));
        } else {
            step.refuse("has the words %s, expected a single one: each step begins with a hyphen"
                    .formatted(String.join(", ", words)));
        }
        return "";
    }

    private Optional<Step> step(YamlFields fields, String word, WindowDefinition window, Key key) {
        return switch (word) {
            case "filter" -> expressions.condition(fields, word).map(Step.Filter::new);
            case "map" -> expressions.expression(fields, word).map(Step.MapValue::new);
            case "select-key" -> selectKey(fields, key);
            case "join" -> join(fields, key);
            case "repartition" -> repartition(fields, key);
            case "every" -> fields.mapping(word).flatMap(every -> EmissionParser.every(every, key.isWindowed));
            case "deduplicate" ->
                fields.mapping(word)
                        .flatMap(deduplicate -> DeduplicationParser.deduplicate(deduplicate, key.isWindowed));
            case "process" -> fields.mapping(word).flatMap(process -> process(process, key));
            case "branch" -> Optional.of(branch(fields, key));
            default -> {
                key.isWindowed = window != null;
                yield aggregations
                        .aggregations(fields, word)
                        .map(aggregations -> new Step.Aggregate(window, aggregations));
            }
        };
    }

    private Optional<Step> process(YamlFields fields, Key key) {
        key.type = FieldValues.type(fields, "as", key.type);
        key.isWindowed = false;
        List<Step.Arm> arms = new ArrayList<>();
        if (fields.has("outputs")) {
            for (YamlFields output : fields.mappings("outputs", "name")) {
                String name = processors.output(output);
                List<Step> steps = steps(output, key.copy());
                arms.add(new Step.Arm(name, null, steps, end(output, steps)));
                output.end();
            }
            if (arms.isEmpty()) {
                fields.refuse("outputs", "is empty, expected a list of child nodes such as {name: low, to: low}");
            }
        }
        Optional<Step> process = processors.processor(fields, key.type, arms);
        fields.end();
        // After a mistake of the processor, the flow still ends with these arms.
        return process.isPresent() || arms.isEmpty() ? process : Optional.of(new Step.Branch(arms));
    }

    private Optional<Step> selectKey(YamlFields fields, Key key) {
        return fields.mapping("select-key").flatMap(select -> {
            key.type = FieldValues.type(select, "as", ValueType.STRING);
            key.isWindowed = false;
            return expressions
                    .expressionBeside(select, "select-key", List.of("as"))
                    .map(expression -> new Step.SelectKey(expression, key.type));
        });
    }

    private Optional<Step> join(YamlFields fields, Key key) {
        boolean isPlain = fields.isPlain("join");
        Optional<YamlFields> join = isPlain ? Optional.of(fields) : fields.mapping("join");
        if (join.isEmpty()) {
            return Optional.empty();
        }
        String word = isPlain ? "join" : "table";
        String name = join.get()
                .required(word, "the name of one of the tables", Function.identity())
                .orElse("");
        Table table = tables.get(name);
        FlowExpression on = null;
        boolean isOuter = false;
        if (!isPlain) {
            on = join.get().has("on") ? expressions.expression(join.get(), "on").orElse(null) : null;
            isOuter = join.get().value("missing", "skip or keep", false, text -> either(text, "keep", "skip"));
            join.get().end();
        }
        if (table == null) {
            if (!name.isEmpty()) {
                join.get()
                        .refuse(
                                word,
                                "is \"%s\", but tables has no such table%s"
                                        .formatted(name, NearestName.question(name, tables.keySet())));
            }
            return Optional.empty();
        }
        if (on != null && !table.isGlobal()) {
            join.get()
                    .refuse(
                            "on",
                            "requires a global table; other tables are joined by key: use select-key before the join");
        }
        if (on == null && key.type != table.key()) {
            join.get()
                    .refuse("joins keys of type %s with keys of %s of type %s: no keys would be equal"
                            .formatted(
                                    key.type.word(), table.name(), table.key().word()));
        }
        return Optional.of(new Step.Join(table, on, isOuter, fields.line()));
    }

    private static Optional<Step> repartition(YamlFields fields, Key key) {
        key.isWindowed = false;
        if (!fields.has("repartition")) {
            return Optional.of(new Step.Repartition(0));
        }
        return fields.mapping("repartition").map(each -> {
            int partitions =
                    each.value("partitions", "a whole number from 1 to 10000", 0, text -> number(text, 1, 10_000));
            each.end();
            return new Step.Repartition(partitions);
        });
    }

    private Step branch(YamlFields fields, Key key) {
        List<Step.Arm> arms = new ArrayList<>();
        YamlFields rest = null;
        for (YamlFields arm : fields.mappings("branch", "")) {
            if (rest != null) {
                arm.refuse("comes after an arm without when, which takes all remaining records");
            }
            FlowExpression when =
                    arm.has("when") ? expressions.condition(arm, "when").orElse(null) : null;
            rest = arm.has("when") ? null : arm;
            List<Step> steps = steps(arm, key.copy());
            arms.add(new Step.Arm(null, when, steps, end(arm, steps)));
            arm.end();
        }
        return new Step.Branch(arms);
    }

    /** Parses the sink; null if the steps end with a branch. */
    Sink end(YamlFields fields, List<Step> steps) {
        Step last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
        boolean isBranched =
                last instanceof Step.Branch || (last != null && !last.arms().isEmpty());
        if (isBranched) {
            if (fields.has("to")) {
                fields.refuse(
                        "to",
                        "is not allowed with %s: the arms define the sinks"
                                .formatted(last instanceof Step.Branch ? "branch" : "outputs"));
            }
            return null;
        }
        if (fields.isPlain("to") || !fields.has("to")) {
            Optional<String> topic =
                    fields.required("to", "a topic, or {topic: …}", text -> matching(text, FieldValues.TOPIC));
            return new Sink(topic.stream().toList(), null, null);
        }
        return fields.mapping("to").map(this::sink).orElse(null);
    }

    private Sink sink(YamlFields to) {
        ValueType value = FieldValues.type(to, "value", null);
        Sink sink;
        if (to.isPlain("topic") || !to.has("topic")) {
            sink = new Sink(FieldValues.topic(to).stream().toList(), null, value);
            if (to.has("among")) {
                to.refuse("among", "is not allowed with a fixed topic: it lists the topics of an expression");
            }
        } else {
            FlowExpression chosen = expressions.expression(to, "topic").orElse(null);
            List<String> topics = to.requiredValues(
                    "among",
                    "a list of all topics that the expression may return",
                    text -> matching(text, FieldValues.TOPIC));
            sink = new Sink(topics, chosen, value);
        }
        to.end();
        return sink;
    }
}
