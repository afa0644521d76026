package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.exception.JsonQueryTypeException;
import net.thisptr.jackson.jq.internal.operators.BinaryOperator;

/**
 * jq's {@code add} and {@code flatten} with a run time proportional to the size of the result. The library's functions
 * copy the result for each added element, which takes minutes for a record of 1 MB. The number of added elements is
 * limited, too, since an expression can use one value many times.
 */
final class CollectionFunctions {
    /**
     * The number of copies that an element counts as, because it stays in the result. Most copies that additions make
     * are garbage immediately.
     */
    private static final int ELEMENT = 8;

    private static final BinaryOperator ADDITION = LimitedOperator.PLUS;

    private CollectionFunctions() {}

    static void addTo(Scope scope) {
        scope.addFunction("add", 0, (inner, args, in, path, output, version) -> {
            requireElements(in);
            output.emit(sum(in, inner.getObjectMapper()), null);
        });
        scope.addFunction("_flatten", 1, (inner, args, in, path, output, version) -> {
            requireElements(in);
            args.get(0).apply(inner, in, depth -> {
                ArrayNode flat = inner.getObjectMapper().createArrayNode();
                flatten(in, depth.isNumber() ? depth.doubleValue() : Double.NaN, flat);
                output.emit(flat, null);
            });
        });
    }

    private static void requireElements(JsonNode in) throws JsonQueryException {
        if (in.isNull()) {
            throw new JsonQueryException("Cannot iterate over null (null)");
        }
        if (!in.isContainerNode()) {
            throw new JsonQueryTypeException("Cannot iterate over %s", in);
        }
    }

    private static JsonNode sum(JsonNode in, ObjectMapper mapper) throws JsonQueryException {
        List<JsonNode> elements = new ArrayList<>(in.size());
        Set<JsonNodeType> types = EnumSet.noneOf(JsonNodeType.class);
        for (JsonNode each : in) {
            if (!each.isNull()) {
                elements.add(each);
                types.add(each.getNodeType());
            }
        }
        return sum(elements, types, mapper);
    }

    private static JsonNode sum(List<JsonNode> elements, Set<JsonNodeType> types, ObjectMapper mapper)
            throws JsonQueryException {
        if (types.equals(Set.of(JsonNodeType.ARRAY))) {
            ArrayNode all = mapper.createArrayNode();
            for (JsonNode each : elements) {
                EvaluationLimits.current().addCopies((long) ELEMENT * each.size());
                all.addAll((ArrayNode) each);
            }
            return all;
        }
        if (types.equals(Set.of(JsonNodeType.OBJECT))) {
            ObjectNode all = mapper.createObjectNode();
            for (JsonNode each : elements) {
                EvaluationLimits.current().addCopies((long) LimitedOperator.FIELD * each.size());
                all.setAll((ObjectNode) each);
            }
            return all;
        }
        if (types.equals(Set.of(JsonNodeType.STRING))) {
            StringBuilder all = new StringBuilder();
            for (JsonNode each : elements) {
                EvaluationLimits.current().addCharacters(each.textValue().length());
                all.append(each.textValue());
            }
            return TextNode.valueOf(all.toString());
        }
        JsonNode sum = NullNode.instance;
        for (JsonNode each : elements) {
            sum = ADDITION.apply(mapper, sum, each);
        }
        return sum;
    }

    private static void flatten(JsonNode in, double depth, ArrayNode to) throws JsonQueryException {
        for (JsonNode each : in) {
            if (!each.isArray() || depth == 0) {
                EvaluationLimits.current().addCopies(ELEMENT);
                to.add(each);
            } else if (Double.isNaN(depth)) {
                throw new JsonQueryTypeException("flatten depth is not a number");
            } else {
                flatten(each, depth - 1, to);
            }
        }
    }
}
