package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.PathNotFoundException;
import io.wadi.kafka.Causes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.thisptr.jackson.jq.BuiltinFunctionLoader;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import org.apache.camel.CamelContext;
import org.apache.camel.Expression;
import org.apache.camel.Predicate;
import org.apache.camel.spi.Language;

/** An expression in simple, JSONPath or jq, compiled once. Thread-safe. */
public abstract class FlowExpression {
    /** The supported languages. */
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
     * @param step the step that it is for
     * @param isCondition whether it is a condition, not a value
     * @throws IllegalArgumentException if it is malformed; the message says why
     */
    public static FlowExpression of(
            CamelContext camel, String step, String language, String text, boolean isCondition) {
        try {
            if (language.equals("jq")) {
                return new Jq(step, text, JsonQuery.compile(text, Versions.JQ_1_7));
            }
            Language compiler = camel.resolveLanguage(language);
            if (isCondition) {
                Predicate condition = compiler.createPredicate(text);
                condition.initPredicate(camel);
                return tried(camel, new Condition(step, language, text, condition));
            }
            Expression expression = compiler.createExpression(text);
            expression.init(camel);
            return tried(camel, new Value(step, language, text, expression));
        } catch (JsonQueryException e) {
            throw new IllegalArgumentException(Causes.inShort(e), e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(Causes.inShort(Causes.innermost(e)), e);
        }
    }

    /** A malformed JSONPath fails only when it is evaluated. */
    private static FlowExpression tried(CamelContext camel, FlowExpression expression) {
        if (expression.language.equals("jsonpath")) {
            EvaluatedRecord nothing = new EvaluatedRecord(camel, Set.of());
            nothing.value(Map.of(), null);
            try {
                expression.ask(nothing);
            } catch (Exception e) {
                Optional<InvalidPathException> wrong = Causes.among(e, InvalidPathException.class)
                        .filter(path -> !(path instanceof PathNotFoundException));
                if (wrong.isPresent()) {
                    throw wrong.get();
                }
            }
        }
        return expression;
    }

    /** Evaluates it as a value or a condition. */
    abstract Object ask(EvaluatedRecord about) throws Exception;

    private static Scope jq() {
        Scope scope = Scope.newEmptyScope();
        BuiltinFunctionLoader.getInstance().loadFunctions(Versions.JQ_1_7, scope);
        return scope;
    }

    /** Returns its value as maps, lists, strings and numbers; null for none. */
    abstract Object value(EvaluatedRecord about) throws Exception;

    /** Returns whether the condition is met. */
    abstract boolean holds(EvaluatedRecord about) throws Exception;

    /** Returns whether it reads values as JSON trees. */
    public boolean wantsTree() {
        return false;
    }

    /** Returns whether it may use a variable; false positives are possible. */
    public boolean mentions(String name) {
        return text.contains(name);
    }

    @Override
    public String toString() {
        return "%s (%s %s)".formatted(step, language, text);
    }

    /** A value in one of Camel's languages. */
    private static final class Value extends FlowExpression {
        private final Expression expression;

        private Value(String step, String language, String text, Expression expression) {
            super(step, language, text);
            this.expression = expression;
        }

        @Override
        Object value(EvaluatedRecord about) {
            return expression.evaluate(about.exchange(), Object.class);
        }

        @Override
        boolean holds(EvaluatedRecord about) {
            throw new IllegalStateException(this + " is no condition");
        }

        @Override
        Object ask(EvaluatedRecord about) {
            return value(about);
        }
    }

    /** A condition in one of Camel's languages. */
    private static final class Condition extends FlowExpression {
        private final Predicate condition;

        private Condition(String step, String language, String text, Predicate condition) {
            super(step, language, text);
            this.condition = condition;
        }

        @Override
        Object value(EvaluatedRecord about) {
            throw new IllegalStateException(this + " is a condition");
        }

        @Override
        boolean holds(EvaluatedRecord about) {
            return condition.matches(about.exchange());
        }

        @Override
        Object ask(EvaluatedRecord about) {
            return holds(about);
        }
    }

    /**
     * In jq, by the library that Camel's own language has. That one passes variables on as texts; here they are jq's variables, with
     * their types.
     */
    private static final class Jq extends FlowExpression {
        private final JsonQuery query;

        private Jq(String step, String text, JsonQuery query) {
            super(step, "jq", text);
            this.query = query;
        }

        @Override
        Object value(EvaluatedRecord about) throws JsonQueryException {
            List<JsonNode> results = results(about);
            if (results.size() > 1) {
                return results.stream().map(ValueType::plain).toList();
            }
            return results.isEmpty() ? null : results.get(0);
        }

        /** As jq itself has it: anything but false and null does, and nothing at all does not. */
        @Override
        boolean holds(EvaluatedRecord about) throws JsonQueryException {
            List<JsonNode> results = results(about);
            JsonNode last = results.isEmpty() ? NullNode.instance : results.get(results.size() - 1);
            return !last.isNull() && !(last.isBoolean() && !last.booleanValue());
        }

        @Override
        Object ask(EvaluatedRecord about) throws JsonQueryException {
            return results(about);
        }

        private List<JsonNode> results(EvaluatedRecord about) throws JsonQueryException {
            List<JsonNode> results = new ArrayList<>(1);
            query.apply(about.scope(JQ), about.tree(), results::add);
            return results;
        }

        @Override
        public boolean wantsTree() {
            return true;
        }
    }
}
