package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.NullNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.PathOutput;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Version;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.misc.JsonNodeComparator;
import net.thisptr.jackson.jq.internal.misc.Preconditions;
import net.thisptr.jackson.jq.internal.operators.BinaryOperator;
import net.thisptr.jackson.jq.path.Path;

/**
 * jq's order of values with exact whole numbers, and the operators and functions that compare by it. The library
 * compares numbers as doubles, so that an id of 17 digits would be equal to the next one. Thread-safe.
 */
final class ExactOrder extends JsonNodeComparator {
    /** The largest whole number up to which all whole numbers are doubles. */
    private static final long MAX_EXACT = 1L << 53;

    private static final ExactOrder ORDER = new ExactOrder();

    private ExactOrder() {}

    /** Replaces {@code sort_by} and others, on which {@code sort}, {@code unique}, {@code min} and others are based. */
    static void addTo(Scope scope) {
        List.of(
                        new By("sort_by", ExactOrder::sorted),
                        new By("group_by", ExactOrder::groups),
                        new By("min_by", ExactOrder::first),
                        new By("max_by", ExactOrder::last))
                .forEach(each -> scope.addFunction(each.name(), 1, each));
    }

    @Override
    protected int compareNumberNode(JsonNode one, JsonNode other) {
        boolean isExact = isDouble(one) && isDouble(other);
        if (isExact && one.doubleValue() == other.doubleValue()) {
            return 0; // The library distinguishes -0.0 from 0.
        }
        return isExact || !Double.isFinite(one.doubleValue()) || !Double.isFinite(other.doubleValue())
                ? super.compareNumberNode(one, other)
                : decimal(one).compareTo(decimal(other));
    }

    private static boolean isDouble(JsonNode number) {
        return !number.isIntegralNumber()
                || (number.canConvertToLong() && Math.abs((double) number.longValue()) < MAX_EXACT);
    }

    private static BigDecimal decimal(JsonNode number) {
        return number.isIntegralNumber()
                ? new BigDecimal(number.bigIntegerValue())
                : new BigDecimal(number.doubleValue());
    }

    /** An operator that compares two values. */
    record Comparison(String image, IntPredicate test) implements BinaryOperator {
        @Override
        public JsonNode apply(ObjectMapper mapper, JsonNode left, JsonNode right) {
            return BooleanNode.valueOf(test.test(ORDER.compare(left, right)));
        }
    }

    /** An element of an array, and what it is compared by: an array of the results of an expression. */
    private record Item(JsonNode element, JsonNode by) {}

    private record By(String name, BiFunction<List<Item>, ObjectMapper, JsonNode> result) implements Function {
        @Override
        public void apply(
                Scope scope, List<Expression> args, JsonNode in, Path path, PathOutput output, Version version)
                throws JsonQueryException {
            Preconditions.checkInputType(name, in, JsonNodeType.ARRAY);
            List<Item> items = new ArrayList<>(in.size());
            for (JsonNode each : in) {
                ArrayNode by = scope.getObjectMapper().createArrayNode();
                args.get(0).apply(scope, each, by::add);
                items.add(new Item(each, by));
            }
            output.emit(result.apply(items, scope.getObjectMapper()), null);
        }
    }

    private static JsonNode sorted(List<Item> items, ObjectMapper mapper) {
        items.sort(Comparator.comparing(Item::by, ORDER));
        ArrayNode sorted = mapper.createArrayNode();
        items.forEach(each -> sorted.add(each.element()));
        return sorted;
    }

    private static JsonNode groups(List<Item> items, ObjectMapper mapper) {
        Map<JsonNode, ArrayNode> groups = new TreeMap<>(ORDER);
        items.forEach(each -> groups.computeIfAbsent(each.by(), by -> mapper.createArrayNode())
                .add(each.element()));
        ArrayNode all = mapper.createArrayNode();
        groups.values().forEach(all::add);
        return all;
    }

    /** Returns the first of the smallest elements, as jq does. */
    private static JsonNode first(List<Item> items, ObjectMapper mapper) {
        return items.stream()
                .reduce((one, other) -> ORDER.compare(one.by(), other.by()) <= 0 ? one : other)
                .map(Item::element)
                .orElse(NullNode.instance);
    }

    /** Returns the last of the largest elements, as jq does. */
    private static JsonNode last(List<Item> items, ObjectMapper mapper) {
        return items.stream()
                .reduce((one, other) -> ORDER.compare(one.by(), other.by()) > 0 ? one : other)
                .map(Item::element)
                .orElse(NullNode.instance);
    }
}
