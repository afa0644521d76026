package io.wadi.ingest.auth;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A set of topics by name or prefix: {@code orders}, {@code metric.*}, {@code *}. Immutable. */
public final class TopicPatterns {
    public static final TopicPatterns NONE = new TopicPatterns(Set.of(), List.of());

    /** Kafka's rule for topic names, with an optional asterisk at the end. */
    private static final Pattern PATTERN = Pattern.compile("[a-zA-Z0-9._-]{1,249}\\*?|\\*");

    /** The bytes of a pattern's objects, besides its characters; measured: at most 60. */
    private static final int PATTERN_BYTES = 72;

    private final Set<String> names;
    private final List<String> prefixes;

    private TopicPatterns(Set<String> names, List<String> prefixes) {
        this.names = names;
        this.prefixes = prefixes;
    }

    /**
     * Parses patterns.
     *
     * @throws IllegalArgumentException for an invalid pattern
     */
    public static TopicPatterns of(Collection<String> patterns) {
        Set<String> names = new HashSet<>();
        List<String> prefixes = new ArrayList<>();
        for (String pattern : patterns) {
            if (pattern == null || !PATTERN.matcher(pattern).matches()) {
                throw new IllegalArgumentException(
                        "\"%s\" is neither a topic name nor a prefix followed by *".formatted(pattern));
            }
            if (pattern.endsWith("*")) {
                prefixes.add(pattern.substring(0, pattern.length() - 1));
            } else {
                names.add(pattern);
            }
        }
        return new TopicPatterns(Set.copyOf(names), List.copyOf(prefixes));
    }

    /** Returns the memory of the patterns in bytes, an estimate from above. */
    int heldBytes() {
        return Stream.concat(names.stream(), prefixes.stream())
                .mapToInt(pattern -> PATTERN_BYTES + pattern.length())
                .sum();
    }

    public boolean match(String topic) {
        if (names.contains(topic)) {
            return true;
        }
        for (String prefix : prefixes) {
            if (topic.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
