package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.internal.functions.JoinFunction;
import net.thisptr.jackson.jq.internal.functions.RangeFunction;
import net.thisptr.jackson.jq.internal.functions.SetPathFunction;

/**
 * jq's {@code range} and {@code setpath} with limits on the arrays and numbers that they create, and {@code join} with
 * a limit on its texts: a small record could otherwise use up the heap.
 */
final class LimitedFunctions {
    private LimitedFunctions() {}

    static void addTo(Scope scope) {
        Function range = withResults(new RangeFunction(), (in, number) -> counted(number));
        for (int arguments = 1; arguments <= 3; arguments++) {
            scope.addFunction("range", arguments, range);
        }
        Function setPath = new SetPathFunction();
        scope.addFunction("setpath", 2, (inner, args, in, path, output, version) -> {
            Expression paths = checked(args.get(0), LimitedFunctions::checkPath);
            setPath.apply(inner, List.of(paths, args.get(1)), in, path, output, version);
        });
        Function join = new JoinFunction();
        scope.addFunction("join", 1, (inner, args, in, path, output, version) -> {
            Expression separators = checked(
                    args.get(0), separator -> EvaluationLimits.current().addCharacters(characters(in, separator)));
            join.apply(inner, List.of(separators), in, path, output, version);
        });
    }

    /** Returns a function with the library's results, each of which is converted, given the function's input. */
    static Function withResults(Function library, BinaryOperator<JsonNode> conversion) {
        return (scope, args, in, path, output, version) -> library.apply(
                scope, args, in, path, (result, at) -> output.emit(conversion.apply(in, result), at), version);
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

    private static JsonNode counted(JsonNode number) {
        if (!number.isNumber()) {
            throw new RejectedRecordException("range of %s, expected a number".formatted(number));
        }
        EvaluationLimits.current().addNumber();
        return number;
    }

    private static void checkPath(JsonNode path) {
        for (JsonNode each : path) {
            if (each.isNumber() && each.doubleValue() > EvaluationLimits.MAX_NUMBERS) {
                throw new RejectedRecordException("setpath with an index of %s, expected at most %d"
                        .formatted(each, EvaluationLimits.MAX_NUMBERS));
            }
        }
    }

    private static long characters(JsonNode texts, JsonNode separator) {
        long characters = (long) texts.size() * separator.asText().length();
        for (JsonNode each : texts) {
            characters += each.isValueNode() ? each.asText().length() : 0;
        }
        return characters;
    }
}
