package io.wadi.streams.parser;

import io.wadi.runtime.config.NearestName;
import io.wadi.streams.definition.Placement;
import io.wadi.streams.definition.Source;
import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.ValueType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The context of a step, which results from the previous steps: the types of keys and values, windows, and the
 * variables of joined tables.
 */
final class StepContext {
    private final Source from;
    private final Set<String> tables;
    private final Set<String> joined = new HashSet<>();
    /** The step after which the value of a joined table is no longer available, by table. */
    private final Map<String, String> ended = new HashMap<>();

    private ValueType key;
    private boolean isValueChanged;

    private Placement placement = Placement.BY_KEY;
    /** Whether the window of a result is available, also with a new key. */
    private boolean hasWindow;
    /** The step after which the last window is no longer available; null if there was none. */
    private String windowEnded;

    /**
     * Creates the context of a flow's first step.
     *
     * @param tables the names of all tables
     */
    StepContext(Source from, Set<String> tables) {
        this.from = from;
        this.tables = tables;
        this.key = from.key();
    }

    /** Returns the context of the first step in an arm. */
    StepContext copy() {
        StepContext copy = new StepContext(from, tables);
        copy.key = key;
        copy.isValueChanged = isValueChanged;
        copy.joined.addAll(joined);
        copy.ended.putAll(ended);
        copy.placement = placement;
        copy.hasWindow = hasWindow;
        copy.windowEnded = windowEnded;
        return copy;
    }

    ValueType key() {
        return key;
    }

    /** Returns the type of the flow's input, while no step has changed the values; null otherwise. */
    ValueType unchanged() {
        return isValueChanged ? null : from.value();
    }

    /** Returns whether the records are results by key and window. */
    boolean isWindowed() {
        return placement == Placement.WINDOWED;
    }

    void map() {
        isValueChanged = true;
    }

    void selectKey(ValueType type) {
        key = type;
        placement = Placement.MOVED;
    }

    void repartition() {
        endStage("repartition");
        placement = Placement.BY_KEY;
    }

    void join(String table, boolean isGlobal) {
        if (!isGlobal && placement.isMoved()) {
            endStage("join: " + table);
            placement = Placement.BY_KEY;
        }
        joined.add(table);
    }

    void aggregate(String word, boolean isByWindow) {
        endStage(word);
        isValueChanged = true;
        placement = Placement.ofAggregation(isByWindow);
        hasWindow = isByWindow;
    }

    void every() {
        endStage("every");
        placement = placement.ofEmission();
        hasWindow = isWindowed();
    }

    void deduplicate(boolean isById) {
        endStage("deduplicate");
        placement = Placement.ofDeduplication(isById);
    }

    void process(ValueType type) {
        endStage("process");
        isValueChanged = true;
        key = type;
        placement = Placement.MOVED;
    }

    /** Ends a stage of the topology: only keys and values are passed to the next one. */
    private void endStage(String word) {
        joined.forEach(table -> ended.put(table, word));
        joined.clear();
        if (hasWindow) {
            windowEnded = word;
        }
        hasWindow = false;
    }

    /**
     * Describes the mistake if an expression uses an undefined variable, or a table or window that is not available.
     */
    Optional<String> mistake(FlowExpression expression) {
        Set<String> variables = new HashSet<>(tables);
        variables.addAll(EvaluatedRecord.names());
        Optional<String> undefined = expression.undefinedVariable(variables);
        if (undefined.isPresent()) {
            List<String> candidates = variables.stream().map("$"::concat).toList();
            return Optional.of("uses %s, which is not defined%s"
                    .formatted(undefined.get(), NearestName.question(undefined.get(), candidates)));
        }
        return windowMistake(expression).or(() -> tableMistake(expression));
    }

    private Optional<String> windowMistake(FlowExpression expression) {
        return EvaluatedRecord.windowNames().stream()
                .filter(name -> !hasWindow && expression.usesVariable(name))
                .findFirst()
                .map(name -> windowEnded == null
                        ? "uses %s, but there is no window before".formatted(name)
                        : "uses %s, but it is not available after %s: copy it into the value before"
                                .formatted(name, windowEnded));
    }

    private Optional<String> tableMistake(FlowExpression expression) {
        return tables.stream()
                .filter(table -> !joined.contains(table) && expression.usesVariable(table))
                .findFirst()
                .map(table -> ended.containsKey(table)
                        ? "uses the table %s, but its value is not available after %s: join it again, or copy it into the value before"
                                .formatted(table, ended.get(table))
                        : "uses the table %s, which is not joined: add - join: %s before".formatted(table, table));
    }
}
