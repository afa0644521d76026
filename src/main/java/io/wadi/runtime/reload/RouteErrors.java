package io.wadi.runtime.reload;

import io.wadi.kafka.Causes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Converts Camel's exceptions to errors in route files, with file, line and reason. */
public final class RouteErrors {
    private static final Pattern UNKNOWN_KEY = Pattern.compile("(?:Unknown node id|Unsupported field): (.+)");

    private final CamelErrors reasons;

    RouteErrors(CamelContext context) {
        reasons = new CamelErrors(context);
    }

    /**
     * Returns the errors in route files that prevent the start of a context.
     *
     * @param directory the directory of the route files; may be missing
     * @return one error per line; empty if the exception has another cause
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
        RouteErrors mistakes = new RouteErrors(context);
        return mistakes.marked(items, e).or(() -> mistakes.named(items.live().values(), e));
    }

    /**
     * Returns the errors in parameters of templated routes before the start, since Camel accepts unknown parameters.
     * Unreadable and invalid files are ignored, since loading them reports the error.
     *
     * @param directory the directory of the route files; may be missing
     */
    public static List<String> ofTemplates(Path directory) {
        try {
            return RouteFileEntries.of(DirectorySnapshot.read(directory, DirectorySnapshot.ROUTES))
                    .templateMistakes();
        } catch (IOException | RejectedChangeException e) {
            return List.of();
        }
    }

    /** Returns the error message for an exception while entries of one file were loaded. */
    String of(Collection<RouteFileEntry> items, Throwable e) {
        RouteFileEntry first = items.iterator().next();
        return Causes.among(e, MarkedYamlEngineException.class)
                .filter(marked -> marked.getProblemMark().isPresent())
                .map(marked -> marked(items, first.file(), marked))
                .or(() -> named(items, e))
                .orElseGet(() -> at(first, e));
    }

    /** Returns the error with the line of the innermost exception; Camel names the file only in an outer exception. */
    private Optional<String> marked(RouteFileEntries items, Exception e) {
        Optional<MarkedYamlEngineException> marked = Causes.among(e, MarkedYamlEngineException.class);
        Optional<Mark> mark = marked.flatMap(MarkedYamlEngineException::getProblemMark);
        String whole = CamelErrors.whole(e);
        return mark.flatMap(where -> items.texts().keySet().stream()
                .filter(whole::contains)
                .findFirst()
                .map(file -> marked(items.all(), file, marked.get())));
    }

    private String marked(Collection<RouteFileEntry> items, String file, MarkedYamlEngineException e) {
        int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
        Matcher unknown = UNKNOWN_KEY.matcher(e.getProblem());
        if (!unknown.matches()) {
            return "%s:%d: %s".formatted(file, line, e.getProblem());
        }
        String name = unknown.group(1);
        // Camel marks the parent or the child of the unknown key: use the nearest key of that name.
        RouteFileEntry.Key key = items.stream()
                .filter(item -> item.file().equals(file))
                .flatMap(item -> item.keys(name).stream())
                .min(Comparator.comparingInt(each -> Math.abs(each.line() - line)))
                .orElse(new RouteFileEntry.Key(name, "", line));
        return "%s:%d: %s".formatted(file, key.line(), reasons.unknown(key));
    }

    /**
     * Returns the error of the route that Camel's exception names. If it names none, the entry is the one with the
     * longest id in Camel's message.
     */
    private Optional<String> named(Collection<RouteFileEntry> items, Throwable e) {
        String whole = CamelErrors.whole(e);
        return route(e).map(id -> items.stream()
                        .filter(each -> each.isRoute() && each.id().equals(id))
                        .findFirst())
                .orElseGet(() -> items.stream()
                        .filter(each -> whole.contains(each.id()))
                        .max(Comparator.comparingInt(each -> each.id().length())))
                .map(item -> at(item, e));
    }

    /** Returns the id of the route that could not be created or started. */
    private static Optional<String> route(Throwable e) {
        return Causes.among(e, FailedToCreateRouteException.class)
                .map(FailedToCreateRouteException::getRouteId)
                .or(() -> Causes.among(e, FailedToStartRouteException.class)
                        .map(FailedToStartRouteException::getRouteId));
    }

    private String at(RouteFileEntry item, Throwable e) {
        String reason = reasons.of(e);
        return "%s: %s".formatted(item.at(reason), reason);
    }
}
