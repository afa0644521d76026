package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Consumer;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.PathOutput;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Version;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.functions.JoinFunction;
import net.thisptr.jackson.jq.internal.functions.RangeFunction;
import net.thisptr.jackson.jq.internal.functions.SetPathFunction;
import net.thisptr.jackson.jq.path.Path;

/**
 * jq's {@code range} and {@code setpath} with limits on the arrays and numbers that they create, and {@code join} with
 * a limit on its texts: a small record could otherwise use up the heap.
 */
final class LimitedFunctions {
    private LimitedFunctions() {}

    static void addTo(Scope scope) {
        for (int arguments = 1; arguments <= 3; arguments++) {
            scope.addFunction("range", arguments, new Range());
        }
        scope.addFunction("setpath", 2, new SetPath());
        scope.addFunction("join", 1, new Join());
    }

    /** Returns an expression with the same results, each of which is checked before it is used. */
    private static Expression checked(Expression expression, Consumer<JsonNode> check) {
        return (scope, in, path, output, requiresPath) -> expression.apply(
                scope,
                in,
                path,
                (found, foundAt) -> {
                    check.accept(found);
                    output.emit(found, foundAt);
                },
                requiresPath);
    }

    private static final class Range implements Function {
        private final Function range = new RangeFunction();

        @Override
        public void apply(
                Scope scope, List<Expression> args, JsonNode in, Path path, PathOutput output, Version version)
                throws JsonQueryException {
            EvaluationLimits limits = EvaluationLimits.current();
            range.apply(
                    scope,
                    args,
                    in,
                    path,
                    (number, at) -> {
                        if (!number.isNumber()) {
                            throw new RejectedRecordException("range of %s, expected a number".formatted(number));
                        }
                        limits.addNumber();
                        output.emit(number, at);
                    },
                    version);
        }
    }

    private static final class SetPath implements Function {
        private final Function setPath = new SetPathFunction();

        @Override
        public void apply(
                Scope scope, List<Expression> args, JsonNode in, Path path, PathOutput output, Version version)
                throws JsonQueryException {
            Expression paths = checked(args.get(0), SetPath::check);
            setPath.apply(scope, List.of(paths, args.get(1)), in, path, output, version);
        }

        private static void check(JsonNode path) {
            for (JsonNode each : path) {
                if (each.isNumber() && each.doubleValue() > EvaluationLimits.MAX_NUMBERS) {
                    throw new RejectedRecordException("setpath with an index of %s, expected at most %d"
                            .formatted(each, EvaluationLimits.MAX_NUMBERS));
                }
            }
        }
    }

    private static final class Join implements Function {
        private final Function join = new JoinFunction();

        @Override
        public void apply(
                Scope scope, List<Expression> args, JsonNode in, Path path, PathOutput output, Version version)
                throws JsonQueryException {
            Expression separators = checked(
                    args.get(0), separator -> EvaluationLimits.current().addCharacters(characters(in, separator)));
            join.apply(scope, List.of(separators), in, path, output, version);
        }

        private static long characters(JsonNode texts, JsonNode separator) {
            long characters = (long) texts.size() * separator.asText().length();
            for (JsonNode each : texts) {
                characters += each.isValueNode() ? each.asText().length() : 0;
            }
            return characters;
        }
    }
}
