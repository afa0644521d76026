package io.wadi.streams.parser;

import static io.wadi.runtime.config.Units.either;
import static io.wadi.runtime.config.Units.number;

import io.wadi.runtime.config.NearestName;
import io.wadi.runtime.config.YamlFields;
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

/** A parser of a flow's steps. */
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
    private final SinkParser sinks;

    /**
     * Creates a parser.
     *
     * @param tables the file's tables, which may be added later
     */
    StepParser(CamelContext camel, ExpressionParser expressions, Map<String, Table> tables) {
        this.sinks = new SinkParser(expressions);
        this.processors = new ProcessorParser(camel);
        this.expressions = expressions;
        this.aggregations = new AggregationParser(expressions);
        this.tables = tables;
    }

    List<Step> steps(YamlFields fields, StepContext context) {
        if (!fields.has("steps")) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>();
        YamlFields window = null;
        String branched = "";
        for (YamlFields step : fields.mappings("steps", "")) {
            String word = word(step);
            if (!branched.isEmpty()) {
                step.refuse("comes after %s, which must be the last step: move it into the steps of a branch or output"
                        .formatted(branched));
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
                step(step, word, by, context).ifPresent(steps::add);
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
            step.refuse(
                    "%s: there is no such step; %s".formatted(words.get(0), NearestName.instead(words.get(0), STEPS)));
        } else {
            step.refuse("has the keys %s, expected a single one: each step begins with a hyphen"
                    .formatted(String.join(", ", words)));
        }
        return "";
    }

    private Optional<Step> step(YamlFields fields, String word, WindowDefinition window, StepContext context) {
        return switch (word) {
            case "filter" -> expressions.condition(fields, word, context).map(Step.Filter::new);
            case "map" -> map(fields, context);
            case "select-key" -> selectKey(fields, context);
            case "join" -> join(fields, context);
            case "repartition" -> repartition(fields, context);
            case "every" -> every(fields, context);
            case "deduplicate" -> deduplicate(fields, context);
            case "process" ->
                fields.requiredMapping(word, "a mapping such as {class: example.StockAlerts}")
                        .flatMap(process -> process(process, fields.line(), context));
            case "branch" -> Optional.of(branch(fields, context));
            default -> aggregate(fields, word, window, context);
        };
    }

    private Optional<Step> map(YamlFields fields, StepContext context) {
        Optional<Step> map = expressions.expression(fields, "map", context).map(Step.MapValue::new);
        context.map();
        return map;
    }

    private Optional<Step> aggregate(YamlFields fields, String word, WindowDefinition window, StepContext context) {
        Optional<Step> aggregate = aggregations
                .aggregations(fields, word, context)
                .map(aggregations -> new Step.Aggregate(window, aggregations, fields.line()));
        context.aggregate(word, window != null);
        return aggregate;
    }

    private static Optional<Step> every(YamlFields fields, StepContext context) {
        Optional<Step> every = fields.requiredMapping("every", "a mapping such as {wall-clock: 10s}")
                .flatMap(each -> EmissionParser.every(each, fields.line(), context.isWindowed()));
        context.every();
        return every;
    }

    private static Optional<Step> deduplicate(YamlFields fields, StepContext context) {
        Optional<Step> deduplicate = fields.requiredMapping("deduplicate", "a mapping such as {within: 24h}")
                .flatMap(each -> DeduplicationParser.deduplicate(each, fields.line(), context));
        context.deduplicate(
                deduplicate.isPresent() && deduplicate.get() instanceof Step.Deduplicate step && step.by() != null);
        return deduplicate;
    }

    private Optional<Step> process(YamlFields fields, int line, StepContext context) {
        context.process(FieldValues.type(fields, "as", context.key()));
        List<Step.Arm> arms = new ArrayList<>();
        if (fields.has("outputs")) {
            for (YamlFields output : fields.mappings("outputs", "name")) {
                arms.add(arm(output, processors.output(output), null, context.copy()));
            }
            if (arms.isEmpty()) {
                fields.refuse("outputs", "is empty, expected a list of child nodes such as {name: low, to: low}");
            }
        }
        Optional<Step> process = processors.processor(fields, line, context.key(), arms);
        fields.end();
        // After a mistake of the processor, the flow still ends with these arms.
        return process.isPresent() || arms.isEmpty() ? process : Optional.of(new Step.Branch(arms));
    }

    private Step.Arm arm(YamlFields fields, String name, FlowExpression when, StepContext context) {
        List<Step> steps = steps(fields, context);
        Step.Arm arm = new Step.Arm(name, when, steps, sinks.sink(fields, steps, context));
        fields.end();
        return arm;
    }

    private Optional<Step> selectKey(YamlFields fields, StepContext context) {
        return fields.requiredMapping("select-key", ExpressionParser.EXPRESSION).flatMap(select -> {
            context.selectKey(FieldValues.type(select, "as", ValueType.STRING));
            return expressions
                    .expressionBeside(select, "select-key", List.of("as"), context)
                    .map(expression -> new Step.SelectKey(expression, context.key()));
        });
    }

    private Optional<Step> join(YamlFields fields, StepContext context) {
        boolean isPlain = fields.isPlain("join");
        Optional<YamlFields> join = isPlain
                ? Optional.of(fields)
                : fields.requiredMapping("join", "the name of one of the tables, or {table: NAME}");
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
            on = join.get().has("on")
                    ? expressions.expression(join.get(), "on", context).orElse(null)
                    : null;
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
        if (on == null && context.key() != table.key()) {
            join.get()
                    .refuse("joins keys of type %s with keys of %s of type %s: no keys would be equal"
                            .formatted(
                                    context.key().word(),
                                    table.name(),
                                    table.key().word()));
        }
        context.join(table.name(), table.isGlobal());
        return Optional.of(new Step.Join(table, on, isOuter, fields.line()));
    }

    private static Optional<Step> repartition(YamlFields fields, StepContext context) {
        context.repartition();
        if (!fields.has("repartition")) {
            return Optional.of(new Step.Repartition(0, fields.line()));
        }
        return fields.mapping("repartition").map(each -> {
            int partitions =
                    each.value("partitions", "a whole number from 1 to 10000", 0, text -> number(text, 1, 10_000));
            each.end();
            return new Step.Repartition(partitions, fields.line());
        });
    }

    private Step branch(YamlFields fields, StepContext context) {
        List<Step.Arm> arms = new ArrayList<>();
        YamlFields rest = null;
        for (YamlFields arm : fields.mappings("branch", "")) {
            if (rest != null) {
                arm.refuse("comes after a branch without when, which gets all remaining records");
            }
            boolean isRest = !arm.names().contains("when");
            FlowExpression when =
                    !isRest ? expressions.condition(arm, "when", context).orElse(null) : null;
            rest = isRest ? arm : null;
            arms.add(arm(arm, null, when, context.copy()));
        }
        if (arms.isEmpty()) {
            fields.refuse("branch", "is empty, expected a list of branches such as {when: {jq: .field}, to: topic}");
        }
        return new Step.Branch(arms);
    }
}
