package io.wadi.ingest.auth;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Topics by name or by prefix: {@code orders}, {@code metric.*}, {@code *}. Immutable. */
public final class TopicPatterns {
    /** Matches no topic. */
    public static final TopicPatterns NONE = new TopicPatterns(Set.of(), List.of());

    /** Kafka's rule for topic names, with an optional star at the end. */
    private static final Pattern PATTERN = Pattern.compile("[a-zA-Z0-9._-]{1,249}\\*?|\\*");

    private final Set<String> names;
    private final List<String> beginnings;

    private TopicPatterns(Set<String> names, List<String> beginnings) {
        this.names = names;
        this.beginnings = beginnings;
    }

    /**
     * Parses patterns.
     *
     * @throws IllegalArgumentException for an invalid pattern; the message names it
     */
    public static TopicPatterns of(Collection<String> patterns) {
        Set<String> names = new HashSet<>();
        List<String> beginnings = new ArrayList<>();
        for (String pattern : patterns) {
            if (!PATTERN.matcher(pattern).matches()) {
                throw new IllegalArgumentException("\"" + pattern + "\" is no topic's name, nor its beginning and *");
            }
            if (pattern.endsWith("*")) {
                beginnings.add(pattern.substring(0, pattern.length() - 1));
            } else {
                names.add(pattern);
            }
        }
        return new TopicPatterns(Set.copyOf(names), List.copyOf(beginnings));
    }

    /** Returns whether a topic matches. */
    public boolean match(String topic) {
        if (names.contains(topic)) {
            return true;
        }
        for (String beginning : beginnings) {
            if (topic.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }
}
