package io.wadi.ingest.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.keyword.KeywordType;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The keywords {@code uniqueItems}, {@code enum} and {@code const} for the networknt library. The library's
 * {@code uniqueItems} uses a hash set, which takes quadratic time if a sender chooses elements with the same hash; this
 * one needs n log n comparisons for n elements, each as long as the common beginning of two elements. The library's
 * {@code enum} and {@code const} distinguish 1 from 1.0 in objects and arrays.
 */
final class EqualityKeywords {
    private EqualityKeywords() {}

    static List<CheckedKeyword> all() {
        return List.of(
                new CheckedKeyword(KeywordType.UNIQUE_ITEMS, declared -> {
                    boolean isEnabled = declared.asBoolean();
                    return new CheckedKeyword.Check(
                            node -> !isEnabled || !node.isArray() || isUnique(node, EqualityKeywords::compare),
                            List.of());
                }),
                new CheckedKeyword(KeywordType.ENUM, declared -> {
                    Set<JsonNode> allowed = new TreeSet<>(EqualityKeywords::compare);
                    declared.forEach(allowed::add);
                    String shown = StreamSupport.stream(declared.spliterator(), false)
                            .map(JsonNode::toString)
                            .collect(Collectors.joining(", ", "[", "]"));
                    return new CheckedKeyword.Check(allowed::contains, List.of(shown));
                }),
                new CheckedKeyword(
                        KeywordType.CONST,
                        declared -> new CheckedKeyword.Check(
                                node -> compare(node, declared) == 0,
                                List.of(declared.isContainerNode() ? declared.toString() : declared.asText()))));
    }

    /** Returns whether no two elements are equal in this order. */
    static boolean isUnique(JsonNode array, Comparator<JsonNode> order) {
        Set<JsonNode> seen = new TreeSet<>(order);
        for (JsonNode each : array) {
            if (!seen.add(each)) {
                return false;
            }
        }
        return true;
    }

    /** Compares JSON values. Those are equal that JSON Schema defines as equal: 1 and 1.0, and members in any order. */
    static int compare(JsonNode one, JsonNode other) {
        int types = one.getNodeType().compareTo(other.getNodeType());
        if (types != 0) {
            return types;
        }
        return switch (one.getNodeType()) {
            case STRING -> one.textValue().compareTo(other.textValue());
            case NUMBER -> one.decimalValue().compareTo(other.decimalValue());
            case BOOLEAN -> Boolean.compare(one.booleanValue(), other.booleanValue());
            case ARRAY -> array(one, other);
            case OBJECT -> object(one, other);
            default -> 0;
        };
    }

    private static int array(JsonNode one, JsonNode other) {
        int order = Integer.compare(one.size(), other.size());
        for (int i = 0; i < one.size() && order == 0; i++) {
            order = compare(one.get(i), other.get(i));
        }
        return order;
    }

    private static int object(JsonNode one, JsonNode other) {
        int order = Integer.compare(one.size(), other.size());
        if (order != 0) {
            return order;
        }
        Iterator<String> names = sorted(one).iterator();
        Iterator<String> others = sorted(other).iterator();
        while (order == 0 && names.hasNext()) {
            String name = names.next();
            String its = others.next();
            order = name.compareTo(its);
            order = order == 0 ? compare(one.get(name), other.get(its)) : order;
        }
        return order;
    }

    private static Set<String> sorted(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
