package io.wadi.extension.mirror;

import io.wadi.runtime.config.Units;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The filter of a flow's topics or groups: MirrorMaker's {@code topics} and {@code topics.exclude}, or {@code groups}
 * and {@code groups.exclude}, comma-separated regular expressions of whole names.
 */
final class TopicFilter {
    private static final Pattern LITERAL = Pattern.compile("[a-zA-Z0-9_-]+(\\\\?\\.[a-zA-Z0-9_-]+)*");

    private final List<String> expressions;
    private final List<Pattern> included;
    private final List<Pattern> excluded;

    /**
     * Parses both lists.
     *
     * @throws PatternSyntaxException if an expression is invalid
     */
    TopicFilter(String topics, String exclude) {
        expressions = Units.list(topics);
        included = expressions.stream().map(Pattern::compile).toList();
        excluded = Units.list(exclude).stream().map(Pattern::compile).toList();
    }

    /** Returns whether the filter includes a topic; other rules exclude MirrorMaker's internal topics. */
    boolean matches(String topic) {
        return matches(included, topic) && !matches(excluded, topic);
    }

    private static boolean matches(List<Pattern> patterns, String topic) {
        return patterns.stream().anyMatch(each -> each.matcher(topic).matches());
    }

    /**
     * Returns whether a topic may match both filters: exact if one is a list of names; two expressions may match a
     * topic that is created later.
     */
    boolean mayShare(TopicFilter other) {
        if (isList()) {
            return names().stream().anyMatch(name -> matches(name) && other.matches(name));
        }
        return !other.isList() || other.mayShare(this);
    }

    private boolean isList() {
        return expressions.stream().allMatch(each -> LITERAL.matcher(each).matches());
    }

    private List<String> names() {
        return expressions.stream().map(each -> each.replace("\\", "")).toList();
    }
}
