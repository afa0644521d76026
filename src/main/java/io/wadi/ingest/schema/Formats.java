package io.wadi.ingest.schema;

import com.networknt.schema.format.Format;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The meaning of {@code format}: an annotation, as in draft 2020-12, or a check by the library's rules if the draft
 * defines the format. Other names are annotations.
 */
enum Formats {
    IGNORED,
    CHECKED;

    /** The formats that only the library checks, on trees: their checks depend on its settings. */
    private static final Set<String> TREE_ONLY = Set.of("duration", "regex");

    private static final int MAX_LENGTH = 320; // that of an email address: 64 + 1 + 255
    private static final int MAX_URI_LENGTH = 2_048;

    /** The draft's formats of URIs and IRIs. */
    private static final Set<String> URIS = Set.of("iri", "iri-reference", "uri", "uri-reference");

    /** The draft's other formats. */
    private static final Set<String> OTHERS = Set.of(
            "date",
            "date-time",
            "duration",
            "email",
            "hostname",
            "idn-email",
            "idn-hostname",
            "ipv4",
            "ipv6",
            "json-pointer",
            "regex",
            "relative-json-pointer",
            "time",
            "uri-template",
            "uuid");

    private static final Map<String, Format> BY_NAME = com.networknt.schema.format.Formats.DEFAULT.stream()
            .filter(format -> URIS.contains(format.getName()) || OTHERS.contains(format.getName()))
            .map(format -> new BoundedFormat(format, URIS.contains(format.getName()) ? MAX_URI_LENGTH : MAX_LENGTH))
            .collect(Collectors.toUnmodifiableMap(Format::getName, Function.identity()));

    /** Returns the draft's formats, with limits for untrusted text. */
    static Collection<Format> draft() {
        return BY_NAME.values();
    }

    /** Returns the check of a format; empty if formats are ignored or this one is unknown. */
    Optional<Format> find(String name) {
        return this == CHECKED ? Optional.ofNullable(BY_NAME.get(name)) : Optional.empty();
    }

    /** Returns whether a format is checked and can only be checked on trees. */
    boolean needsTree(String name) {
        return this == CHECKED && TREE_ONLY.contains(name);
    }
}
