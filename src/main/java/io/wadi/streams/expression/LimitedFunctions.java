package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
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
 * jq's {@code range} and {@code setpath} with limits of what they make of a number, and {@code join} with one of its
 * texts: a small record could otherwise use up the heap.
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
                            throw new RejectedRecordException(
                                    "range of %s, expected numbers".formatted(number.getNodeType()));
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
            Expression paths = args.get(0);
            Expression limited = (inner, value, at, out, isPath) -> paths.apply(
                    inner,
                    value,
                    at,
                    (found, foundAt) -> {
                        check(found);
                        out.emit(found, foundAt);
                    },
                    isPath);
            setPath.apply(scope, List.of(limited, args.get(1)), in, path, output, version);
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
            Expression separators = args.get(0);
            Expression counted = (inner, value, at, out, isPath) -> separators.apply(
                    inner,
                    value,
                    at,
                    (separator, separatorAt) -> {
                        EvaluationLimits.current().addCharacters(characters(in, separator));
                        out.emit(separator, separatorAt);
                    },
                    isPath);
            join.apply(scope, List.of(counted), in, path, output, version);
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
