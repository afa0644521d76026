package io.wadi.streams.expression;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import net.thisptr.jackson.jq.Function;
import net.thisptr.jackson.jq.Scope;

/**
 * jq's {@code indices}, {@code index} and {@code rindex} with indices of texts in code points, as slices use them:
 * after an emoji, those of the library, in UTF-16, select another part of the text.
 */
final class TextIndices {
    private TextIndices() {}

    /** Replaces the library's functions, which the scope contains. */
    static void addTo(Scope scope) {
        for (String name : List.of("indices", "index", "rindex")) {
            Function library = scope.getLocalFunctions().get(name + "/1");
            scope.addFunction(name, 1, LimitedFunctions.withResults(library, TextIndices::inCodePoints));
        }
    }

    private static JsonNode inCodePoints(JsonNode in, JsonNode found) {
        if (!in.isTextual()) {
            return found;
        }
        String text = in.textValue();
        if (found.isNumber()) {
            return IntNode.valueOf(text.codePointCount(0, found.intValue()));
        }
        if (!found.isArray()) {
            return found;
        }
        ArrayNode indices = JsonNodeFactory.instance.arrayNode();
        int before = 0;
        int count = 0;
        for (JsonNode each : found) {
            count += text.codePointCount(before, each.intValue());
            before = each.intValue();
            indices.add(count);
        }
        return indices;
    }
}
