package io.wadi.metrics.alerts;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A lookup tree of the fields that rules use. Each name in a document takes one lookup, whether the document has nested
 * objects, dotted names, or both.
 */
final class FieldTree {
    /** A field, an object with fields, or both. */
    static final class Node {
        final Map<String, Node> members = new HashMap<>();

        /** The index of the field; -1 if the node is not a field. */
        int slot = -1;
    }

    private final Map<String, Node> nodes = new HashMap<>();
    private int slots;

    /** Creates a tree of these fields, which get the indexes 0, 1 and so on. */
    FieldTree(List<String> fields) {
        nodes.put("", new Node());
        fields.forEach(this::slot);
    }

    Node root() {
        return nodes.get("");
    }

    int size() {
        return slots;
    }

    /** Returns the index of a field and adds the field if it is new. */
    int slot(String path) {
        List<String> names = Arrays.asList(path.split("\\.", -1));
        for (int to = 1; to <= names.size(); to++) {
            Node node = nodes.computeIfAbsent(join(names, 0, to), unseen -> new Node());
            for (int from = 0; from < to; from++) {
                nodes.get(join(names, 0, from)).members.put(join(names, from, to), node);
            }
        }
        Node field = nodes.get(path);
        if (field.slot < 0) {
            field.slot = slots++;
        }
        return field.slot;
    }

    private static String join(List<String> names, int from, int to) {
        return String.join(".", names.subList(from, to));
    }
}
