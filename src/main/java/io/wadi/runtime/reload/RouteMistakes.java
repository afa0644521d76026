package io.wadi.runtime.reload;

import io.wadi.kafka.Causes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Says what Camel has found wrong with route files: file, line and reason. */
public final class RouteMistakes {
    private static final Pattern UNKNOWN_WORD = Pattern.compile("(?:Unknown node id|Unsupported field): (.+)");

    private final Reasons reasons;

    RouteMistakes(CamelContext context) {
        reasons = new Reasons(context);
    }

    /**
     * What keeps a context from starting, where that is in one of the route files it was to be started from.
     *
     * @param directory that of the route files; there may be none
     * @return a line each; empty where it is something else
     */
    public static Optional<String> of(CamelContext context, Path directory, Exception e) {
        RouteFileEntries items;
        try {
            items = RouteFileEntries.of(DirectorySnapshot.read(directory, DirectorySnapshot.ROUTES));
        } catch (IOException notRead) {
            return Optional.empty();
        } catch (RejectedChangeException refused) {
            return Optional.of(refused.getMessage());
        }
        RouteMistakes mistakes = new RouteMistakes(context);
        return mistakes.marked(items, e).or(() -> mistakes.named(items.live().values(), e));
    }

    /** What has been found in entries of one file. */
    String of(Collection<RouteFileEntry> items, Exception e) {
        RouteFileEntry first = items.iterator().next();
        return Causes.among(e, MarkedYamlEngineException.class)
                .filter(marked -> marked.getProblemMark().isPresent())
                .map(marked -> marked(items, first.file(), marked))
                .or(() -> named(items, e))
                .orElseGet(() -> at(first, e));
    }

    /** Camel says the line of a step that it does not know, and the file around it. */
    private Optional<String> marked(RouteFileEntries items, Exception e) {
        Optional<MarkedYamlEngineException> marked = Causes.among(e, MarkedYamlEngineException.class);
        Optional<Mark> mark = marked.flatMap(MarkedYamlEngineException::getProblemMark);
        String whole = Reasons.whole(e);
        return mark.flatMap(where -> items.texts().keySet().stream()
                .filter(whole::contains)
                .findFirst()
                .map(file -> marked(items.all(), file, marked.get())));
    }

    private String marked(Collection<RouteFileEntry> items, String file, MarkedYamlEngineException e) {
        int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
        Matcher unknown = UNKNOWN_WORD.matcher(e.getProblem());
        if (!unknown.matches()) {
            return "%s:%d: %s".formatted(file, line, e.getProblem());
        }
        String name = unknown.group(1);
        // Camel's mark is that of what the word stands in, or of what stands below it.
        RouteFileEntry.Word word = items.stream()
                .filter(item -> item.file().equals(file))
                .flatMap(item -> item.words(name).stream())
                .min(Comparator.comparingInt(each -> Math.abs(each.line() - line)))
                .orElse(new RouteFileEntry.Word(name, "", line));
        return "%s:%d: %s".formatted(file, word.line(), reasons.unknown(word));
    }

    /** Camel names the route. */
    private Optional<String> named(Collection<RouteFileEntry> items, Exception e) {
        String whole = Reasons.whole(e);
        return items.stream()
                .filter(each -> whole.contains(each.id()))
                .max(Comparator.comparingInt(each -> each.id().length()))
                .map(item -> at(item, e));
    }

    private String at(RouteFileEntry item, Exception e) {
        String reason = reasons.of(e);
        return "%s: %s".formatted(item.at(reason), reason);
    }
}
