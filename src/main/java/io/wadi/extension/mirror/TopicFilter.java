package io.wadi.extension.mirror;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The topics that a flow copies: MirrorMaker's {@code topics} and {@code topics.exclude}, regular expressions of whole names,
 * separated by commas.
 */
final class TopicFilter {
    private static final Pattern LITERAL = Pattern.compile("[a-zA-Z0-9_-]+(\\\\?\\.[a-zA-Z0-9_-]+)*");

    private final List<String> expressions;
    private final List<Pattern> taken;
    private final List<Pattern> excluded;

    /**
     * Takes both lists.
     *
     * @throws PatternSyntaxException where one is no regular expression
     */
    TopicFilter(String topics, String exclude) {
        expressions = split(topics);
        taken = expressions.stream().map(Pattern::compile).toList();
        excluded = split(exclude).stream().map(Pattern::compile).toList();
    }

    private static List<String> split(String list) {
        return List.of(list.split(",")).stream()
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
    }

    /** Whether the filter lets this topic through; MirrorMaker's own topics are kept back by other rules. */
    boolean takes(String topic) {
        return matches(taken, topic) && !matches(excluded, topic);
    }

    private static boolean matches(List<Pattern> patterns, String topic) {
        return patterns.stream().anyMatch(each -> each.matcher(topic).matches());
    }

    /**
     * Whether there may be a topic that both take. Of two that name topics one by one it is known; where an expression is in
     * play, a topic that both would take may be created at any time.
     */
    boolean mayShare(TopicFilter other) {
        if (isList()) {
            return names().stream().anyMatch(name -> takes(name) && other.takes(name));
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
