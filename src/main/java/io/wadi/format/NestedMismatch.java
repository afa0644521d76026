package io.wadi.format;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * An {@link AvroMismatch} that collects its path while it propagates: each enclosing container adds a name or an index.
 * The JSON pointer is built at the root only, so that neither matching values nor failed attempts at the types of a
 * union build any text.
 */
final class NestedMismatch extends RuntimeException {
    private final transient Function<String, AvroMismatch> withPointer;
    /** Names and indexes, the innermost first. */
    private final transient List<String> path = new ArrayList<>();

    NestedMismatch(Function<String, AvroMismatch> withPointer) {
        super(null, null, false, false);
        this.withPointer = withPointer;
    }

    /** Adds the name or index of the value in its container; returns this. */
    NestedMismatch below(String name) {
        path.add(name);
        return this;
    }

    /** Returns the mismatch with its JSON pointer (RFC 6901). */
    AvroMismatch toMismatch() {
        StringBuilder pointer = new StringBuilder();
        for (int i = path.size() - 1; i >= 0; i--) {
            pointer.append(JsonPointers.of(path.get(i)));
        }
        return withPointer.apply(pointer.toString());
    }
}
