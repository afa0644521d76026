package io.wadi.metrics.alerts;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields that rules look at, compiled so that a document's names lead to them in one lookup each, whether an object
 * is nested or its name is spelled with dots, or both.
 */
final class FieldTree {
    /** A place in a document: a field, an object with fields in it, or both. */
    static final class Node {
        final Map<String, Node> members = new HashMap<>();

        /** The field's number; -1 where the place is none. */
        int slot = -1;
    }

    private final Map<String, Node> places = new HashMap<>();
    private int slots;

    /** @param fields those that get the numbers from 0 on */
    FieldTree(List<String> fields) {
        places.put("", new Node());
        fields.forEach(this::slot);
    }

    Node root() {
        return places.get("");
    }

    /** How many fields there are. */
    int size() {
        return slots;
    }

    /** The number of a field; a new field gets the next. */
    int slot(String path) {
        List<String> names = Arrays.asList(path.split("\\.", -1));
        for (int to = 1; to <= names.size(); to++) {
            Node place = places.computeIfAbsent(join(names, 0, to), unseen -> new Node());
            for (int from = 0; from < to; from++) {
                places.get(join(names, 0, from)).members.put(join(names, from, to), place);
            }
        }
        Node field = places.get(path);
        if (field.slot < 0) {
            field.slot = slots++;
        }
        return field.slot;
    }

    private static String join(List<String> names, int from, int to) {
        return String.join(".", names.subList(from, to));
    }
}
