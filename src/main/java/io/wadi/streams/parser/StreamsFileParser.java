package io.wadi.streams.parser;

import static io.wadi.runtime.config.Units.matching;
import static io.wadi.runtime.config.Units.number;

import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.YamlFields;
import io.wadi.streams.definition.CoPartitionedJoin;
import io.wadi.streams.definition.EndlessLoops;
import io.wadi.streams.definition.Flow;
import io.wadi.streams.definition.Sink;
import io.wadi.streams.definition.Source;
import io.wadi.streams.definition.Step;
import io.wadi.streams.definition.StreamsFile;
import io.wadi.streams.definition.Table;
import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.camel.CamelContext;

/** A parser of a file of {@code streams/} that collects all mistakes in it. */
public final class StreamsFileParser {

    private static final String NAME = "[a-zA-Z][a-zA-Z0-9_-]{0,99}";
    /** Names of tables, which are valid names of variables, including those of jq. */
    private static final String TABLE = "[a-zA-Z][a-zA-Z0-9_]{0,99}";

    private static final String APPLICATION = "(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,100}";
    private static final String APPLICATION_IN_WORDS = "1 to 100 letters, digits, dots, underscores and hyphens";

    private static final String NAME_IN_WORDS = "a letter, then up to 99 letters, digits, underscores and hyphens";

    private final String name;
    private final String deadLetterTopic;
    private final List<String> mistakes = new ArrayList<>();
    private final Map<String, Table> tables = new LinkedHashMap<>();
    private final StepParser steps;
    private final SinkParser sinks;

    private StreamsFileParser(String name, CamelContext camel, String deadLetterTopic) {
        this.name = name;
        this.deadLetterTopic = deadLetterTopic;
        ExpressionParser expressions = new ExpressionParser(camel);
        this.steps = new StepParser(camel, expressions, tables);
        this.sinks = new SinkParser(expressions);
    }

    /**
     * Parses a file.
     *
     * @param name the name of the file, without extension
     * @param camel compiles its expressions
     * @param declaredPartitions returns the number of partitions of a declared topic
     * @param deadLetterTopic the topic that the file cannot read, since its own dead letters are written to it
     * @throws SettingsException with all mistakes, each with line and column
     */
    public static StreamsFile read(
            String name,
            String yaml,
            CamelContext camel,
            Function<String, Optional<Integer>> declaredPartitions,
            String deadLetterTopic) {
        StreamsFileParser reader = new StreamsFileParser(name, camel, deadLetterTopic);
        String path = "streams/" + name + ".yaml";
        StreamsFile file =
                YamlFields.of(path, yaml, reader.mistakes).map(reader::file).orElse(null);
        if (file != null && reader.mistakes.isEmpty()) {
            file.flows().stream()
                    .flatMap(flow -> CoPartitionedJoin.of(flow).stream())
                    .forEach(join -> join.mistake(declaredPartitions)
                            .ifPresent(mistake ->
                                    reader.mistakes.add("%s line %d: %s".formatted(path, join.line(), mistake))));
            reader.mistakes.addAll(EndlessLoops.mistakes(List.of(file)));
        }
        if (!reader.mistakes.isEmpty()) {
            throw new SettingsException(reader.mistakes);
        }
        return file;
    }

    private StreamsFile file(YamlFields root) {
        String description = root.value("description", "a text", "", text -> text);
        String application =
                root.value("application", APPLICATION_IN_WORDS, "wadi-" + name, text -> matching(text, APPLICATION));
        if (!application.matches(APPLICATION)) {
            root.refuse(
                    "application",
                    "is \"%s\", derived from the name of the file, expected %s: rename the file, or set application"
                            .formatted(application, APPLICATION_IN_WORDS));
        }
        int threads = root.value("threads", "a whole number from 1 to 64", 1, text -> number(text, 1, 64));
        int standbys = root.value("standbys", "a whole number from 0 to 5", 0, text -> number(text, 0, 5));
        String bean = bean(root);
        Optional<YamlFields> declared = root.mapping("tables");
        declared.ifPresent(all -> all.names().forEach(table -> table(table, all)));
        List<Flow> flows = bean == null ? flows(root) : List.of();
        declared.ifPresent(all -> checkGlobalTables(all, flows));
        root.end();
        return new StreamsFile(
                name, description, application, threads, standbys, bean, List.copyOf(tables.values()), flows);
    }

    private static String bean(YamlFields root) {
        Optional<YamlFields> topology = root.mapping("topology");
        if (topology.isEmpty()) {
            return null;
        }
        Optional<String> bean = topology.get().required("bean", "the name of a bean", text -> matching(text, "\\S.*"));
        topology.get().end();
        for (String word : List.of("tables", "flows", "from", "steps", "to")) {
            if (root.has(word)) {
                root.refuse(word, "is not allowed with topology: the bean builds the whole topology");
            }
        }
        return bean.orElse("");
    }

    private void table(String table, YamlFields all) {
        if (!table.matches(TABLE) || EvaluatedRecord.names().contains(table)) {
            all.refuse(
                    table,
                    "is an invalid table name, expected a letter, then letters, digits and underscores, but none of "
                            + String.join(", ", new TreeSet<>(EvaluatedRecord.names())));
        }
        all.requiredMapping(table, "a mapping such as {topic: users}").ifPresent(fields -> {
            String topic = FieldValues.topic(fields).orElse("");
            boolean isGlobal = fields.value("global", "true or false", false, FieldValues::flag);
            if (!isGlobal) {
                checkInput(fields, "topic", topic);
            }
            tables.put(
                    table,
                    new Table(
                            table,
                            topic,
                            FieldValues.type(fields, "key", ValueType.STRING),
                            FieldValues.type(fields, "value", ValueType.STRING),
                            isGlobal,
                            fields.line()));
            fields.end();
        });
    }

    /** Reports the dead-letter topic as an input: in any flow, a record may fail. */
    private void checkInput(YamlFields fields, String field, String topic) {
        if (topic.equals(deadLetterTopic)) {
            fields.refuse(
                    field,
                    "is %s, the dead-letter topic: the dead letter of a failed record would be processed again without end; expected another topic"
                            .formatted(topic));
        }
    }

    private void checkGlobalTables(YamlFields all, List<Flow> flows) {
        tables.values().stream().filter(Table::isGlobal).forEach(global -> {
            Optional<String> flow = flows.stream()
                    .filter(each -> each.from().topic().equals(global.topic()))
                    .map(each -> "a flow")
                    .findFirst();
            flow.or(() -> tables.values().stream()
                            .filter(other -> !other.name().equals(global.name())
                                    && other.topic().equals(global.topic()))
                            .map(other -> "the table " + other.name())
                            .findFirst())
                    .filter(other -> !global.topic().isEmpty())
                    .ifPresent(other -> all.refuse(
                            global.name(),
                            "is the global table of %s, which is also the topic of %s: Kafka Streams can read the topic of a global table only once per application; use a file of its own"
                                    .formatted(global.topic(), other)));
        });
    }

    private List<Flow> flows(YamlFields root) {
        if (!root.has("flows")) {
            return List.of(flow(root, Flow.ONLY));
        }
        for (String word : List.of("from", "steps", "to")) {
            if (root.has(word)) {
                root.refuse(word, "is not allowed with flows: a file has one flow or a list of flows");
            }
        }
        List<Flow> flows = new ArrayList<>();
        Map<String, Integer> lines = new LinkedHashMap<>();
        for (YamlFields fields : root.mappings("flows", "name")) {
            String flow = fields.required("name", NAME_IN_WORDS, text -> matching(text, NAME))
                    .orElse("");
            Integer before = lines.putIfAbsent(flow, fields.line());
            if (before != null && !flow.isEmpty()) {
                fields.refuse("declared twice, first in line " + before);
            }
            flows.add(flow(fields, flow));
            fields.end();
        }
        if (flows.isEmpty()) {
            root.refuse("flows", "is empty, expected a list of flows such as {name: copy, from: topic, to: topic}");
        }
        return flows;
    }

    private Flow flow(YamlFields fields, String flow) {
        Source from = source(fields);
        checkInput(fields, "from", from.topic());
        StepContext context = new StepContext(from, tables.keySet());
        List<Step> read = steps.steps(fields, context);
        Sink to = sinks.sink(fields, read, context);
        return new Flow(flow, from, read, to);
    }

    private static Source source(YamlFields fields) {
        if (fields.isPlain("from") || !fields.has("from")) {
            String topic = fields.required("from", "a topic, or {topic: …}", text -> matching(text, FieldValues.TOPIC))
                    .orElse("");
            return new Source(topic, ValueType.STRING, ValueType.STRING);
        }
        return fields.mapping("from")
                .map(from -> {
                    Source source = new Source(
                            FieldValues.topic(from).orElse(""),
                            FieldValues.type(from, "key", ValueType.STRING),
                            FieldValues.type(from, "value", ValueType.STRING));
                    from.end();
                    return source;
                })
                .orElse(new Source("", ValueType.STRING, ValueType.STRING));
    }
}
