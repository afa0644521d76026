package io.wadi.ingest.schema;

import com.networknt.schema.format.Format;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What {@code format} means: an annotation, as 2020-12 has it, or a check by the library's own rules. */
enum Formats {
    IGNORED,
    CHECKED;

    /** Their checks depend on the library's own settings, so that they are left to it. */
    private static final Set<String> TREE_ONLY = Set.of("duration", "regex");

    private static final Map<String, Format> BY_NAME = com.networknt.schema.format.Formats.DEFAULT.stream()
            .collect(Collectors.toUnmodifiableMap(Format::getName, Function.identity()));

    /** The check of the format of this name; none where formats are ignored or this one is unknown. */
    Optional<Format> find(String name) {
        return this == CHECKED ? Optional.ofNullable(BY_NAME.get(name)) : Optional.empty();
    }

    /** Whether the format of this name is checked, and on trees only. */
    boolean needsTree(String name) {
        return this == CHECKED && TREE_ONLY.contains(name);
    }
}
