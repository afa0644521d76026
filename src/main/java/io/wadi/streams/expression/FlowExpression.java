package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.PathNotFoundException;
import io.wadi.kafka.Causes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import net.thisptr.jackson.jq.BuiltinFunctionLoader;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.JsonQueryFunction;
import net.thisptr.jackson.jq.internal.functions.MathFunction;
import net.thisptr.jackson.jq.internal.misc.JsonNodeUtils;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.spi.Language;

/** An expression in simple, JSONPath or jq, compiled once. Thread-safe. */
public abstract class FlowExpression {
    public static final List<String> LANGUAGES = List.of("simple", "jsonpath", "jq");

    private static final Scope JQ = jq();

    private final String step;
    private final String language;
    private final String text;

    private FlowExpression(String step, String language, String text) {
        this.step = step;
        this.language = language;
        this.text = text;
    }

    /**
     * Compiles an expression.
     *
     * @param step the step that has the expression
     * @param isCondition whether it is a condition, not a value
     * @throws IllegalArgumentException if it is malformed, with the reason
     */
    public static FlowExpression of(
            CamelContext camel, String step, String language, String text, boolean isCondition) {
        try {
            if (language.equals("jq")) {
                return new Jq(step, text, JsonQuery.compile(text, Versions.JQ_1_7)).requireFunctions();
            }
            Language compiler = camel.resolveLanguage(language);
            if (isCondition) {
                Predicate condition = compiler.createPredicate(text);
                condition.initPredicate(camel);
                return tryOut(camel, new Camel(step, language, text, condition::matches));
            }
            Expression expression = compiler.createExpression(text);
            expression.init(camel);
            return tryOut(
                    camel, new Camel(step, language, text, exchange -> expression.evaluate(exchange, Object.class)));
        } catch (JsonQueryException e) {
            throw new IllegalArgumentException(Causes.inShort(e), e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(Causes.inShort(Causes.innermost(e)), e);
        }
    }

    /** Evaluates a JSONPath once, because a malformed one fails only when it is evaluated. */
    private static FlowExpression tryOut(CamelContext camel, FlowExpression expression) {
        if (expression.language.equals("jsonpath")) {
            EvaluatedRecord empty = new EvaluatedRecord(camel, Set.of());
            empty.value(Map.of(), null);
            try {
                expression.value(empty);
            } catch (Exception e) {
                Optional<InvalidPathException> malformed = Causes.among(e, InvalidPathException.class)
                        .filter(path -> !(path instanceof PathNotFoundException));
                if (malformed.isPresent()) {
                    throw malformed.get();
                }
            }
        }
        return expression;
    }

    private static Scope jq() {
        Scope scope = Scope.newEmptyScope();
        BuiltinFunctionLoader.getInstance().loadFunctions(Versions.JQ_1_7, scope);
        // Functions that are defined in jq, such as walk, use operators too.
        JqTree.limit(scope.getLocalFunctions().values().stream()
                .filter(JsonQueryFunction.class::isInstance)
                .toList());
        scope.getLocalFunctions().forEach((name, function) -> {
            if (function instanceof MathFunction) {
                // Returns 3 where the library returns 3.0, which could not be a key of type long.
                scope.addFunction(
                        name,
                        LimitedFunctions.withResults(
                                function, (in, number) -> JsonNodeUtils.asNumericNode(number.doubleValue())));
            }
        });
        LimitedFunctions.addTo(scope);
        RegexFunctions.addTo(scope);
        CollectionFunctions.addTo(scope);
        ExactOrder.addTo(scope);
        ExactConversions.addTo(scope);
        TextIndices.addTo(scope);
        return scope;
    }

    /** Returns the value, plain (as maps, lists, strings and numbers) or as a JSON tree; null if there is none. */
    abstract Object value(EvaluatedRecord event) throws Exception;

    abstract boolean holds(EvaluatedRecord event) throws Exception;

    /** Returns whether the expression reads values as JSON trees. */
    public boolean readsTree() {
        return false;
    }

    /** Returns whether the expression may use a variable; false positives are possible. */
    public boolean mentions(String name) {
        return text.contains(name);
    }

    /**
     * Returns a variable that the expression uses, and that is neither known nor defined in the expression. Empty if
     * there is none, and for languages other than jq.
     */
    public Optional<String> undefinedVariable(Set<String> known) {
        return Optional.empty();
    }

    /** Returns whether the expression reads a variable that it does not define itself. */
    public boolean usesVariable(String name) {
        return Pattern.compile("\\$(simple)?\\{[^}]*\\b(variables?[.:\\[]|variableAs\\()['\"\\s]*" + Pattern.quote(name)
                        + "\\b")
                .matcher(text)
                .find();
    }

    @Override
    public String toString() {
        return "%s (%s %s)".formatted(step, language, text);
    }

    /** An expression in one of Camel's languages, with a {@link Boolean} as the result of a condition. */
    private static final class Camel extends FlowExpression {
        private final Function<Exchange, Object> evaluate;

        private Camel(String step, String language, String text, Function<Exchange, Object> evaluate) {
            super(step, language, text);
            this.evaluate = evaluate;
        }

        @Override
        Object value(EvaluatedRecord event) {
            return evaluate.apply(event.exchange());
        }

        @Override
        boolean holds(EvaluatedRecord event) {
            return (Boolean) value(event);
        }
    }

    /**
     * An expression in jq, evaluated by the library of Camel's jq language. Camel passes variables as strings; here
     * they are jq variables with their types.
     */
    private static final class Jq extends FlowExpression {
        private static final int MAX_RESULTS = 10_000;

        private final JsonQuery query;
        private final JqTree tree;

        private Jq(String step, String text, JsonQuery query) {
            super(step, "jq", text);
            this.query = query;
            this.tree = JqTree.limit(query);
        }

        @Override
        Object value(EvaluatedRecord event) throws JsonQueryException {
            List<JsonNode> results = results(event);
            if (results.size() > 1) {
                return JsonNodeFactory.instance.arrayNode(results.size()).addAll(results);
            }
            return results.isEmpty() ? null : results.get(0);
        }

        /** Returns whether the last result is neither false nor null, as in jq. */
        @Override
        boolean holds(EvaluatedRecord event) throws JsonQueryException {
            List<JsonNode> results = results(event);
            JsonNode last = results.isEmpty() ? NullNode.instance : results.get(results.size() - 1);
            return !last.isNull() && !(last.isBoolean() && !last.booleanValue());
        }

        private List<JsonNode> results(EvaluatedRecord event) throws JsonQueryException {
            List<JsonNode> results = new ArrayList<>(1);
            EvaluationLimits.begin();
            query.apply(event.scope(JQ), event.tree(), result -> add(result, results));
            return results;
        }

        /** Adds a result, within the limit. The exception is not one of jq's, which an expression could catch. */
        private static void add(JsonNode result, List<JsonNode> results) {
            if (results.size() == MAX_RESULTS) {
                throw new RejectedRecordException("expected at most " + MAX_RESULTS + " results, found more");
            }
            results.add(result);
        }

        @Override
        public boolean readsTree() {
            return true;
        }

        @Override
        public boolean mentions(String name) {
            return tree.mentions(name);
        }

        @Override
        public boolean usesVariable(String name) {
            return tree.usesVariable(name);
        }

        @Override
        public Optional<String> undefinedVariable(Set<String> known) {
            return tree.variables()
                    .filter(variable -> !known.contains(variable.substring(1)))
                    .findFirst();
        }

        /**
         * Throws if a function is not defined: the library looks functions up only when it calls them, so each record
         * would fail.
         */
        private Jq requireFunctions() throws JsonQueryException {
            Set<String> known = JQ.getLocalFunctions().keySet();
            Optional<String> unknown = tree.functions()
                    .filter(function ->
                            !known.contains(function) && !known.contains(function.substring(0, function.indexOf('/'))))
                    .findFirst();
            if (unknown.isPresent()) {
                throw new JsonQueryException(unknown.get() + " is not defined");
            }
            return this;
        }
    }
}
