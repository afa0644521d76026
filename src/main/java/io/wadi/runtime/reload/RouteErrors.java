package io.wadi.runtime.reload;

import io.wadi.kafka.Causes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
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

    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
    /** Camel's message for an entry or a step that is not a mapping. */
    private static final String NO_MAPPING = "Unable to find constructor for node";

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
    public static Optional<String> of(CamelContext context, Path directory, Throwable e) {
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
     * Returns the errors that Camel would ignore or report without a line. Unreadable and invalid files are ignored,
     * since loading them reports the error.
     *
     * @param directory the directory of the route files; may be missing
     */
    public static List<String> beforeStart(Path directory) {
        try {
            return RouteFileEntries.of(DirectorySnapshot.read(directory, DirectorySnapshot.ROUTES))
                    .mistakes();
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
    private Optional<String> marked(RouteFileEntries items, Throwable e) {
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
            String problem = e.getProblem().equals(NO_MAPPING)
                    ? "expected a key with a value, such as \"to: …\""
                    : e.getProblem();
            return "%s:%d: %s".formatted(file, line, problem);
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
     * longest id in Camel's message, otherwise the first one with the value that the message quotes or without a value.
     */
    private Optional<String> named(Collection<RouteFileEntry> items, Throwable e) {
        String whole = CamelErrors.whole(e);
        return route(e).map(id -> items.stream()
                        .filter(each -> each.isRoute() && each.id().equals(id))
                        .findFirst())
                .orElseGet(() -> items.stream()
                        .filter(each -> whole.contains(each.id()))
                        .max(Comparator.comparingInt(each -> each.id().length()))
                        .or(() -> withValue(items, e)))
                .map(item -> at(item, e));
    }

    private static Optional<RouteFileEntry> withValue(Collection<RouteFileEntry> items, Throwable e) {
        Matcher quoted = QUOTED.matcher(CamelErrors.whole(e));
        Optional<String> value = quoted.find() ? Optional.of(quoted.group(1)) : Optional.empty();
        return items.stream()
                .filter(each -> isMissingValue(e)
                        ? each.emptyKey().isPresent()
                        : value.filter(each::hasScalar).isPresent())
                .findFirst();
    }

    /** Returns whether Camel found no value for a key that needs options, for which it has no message. */
    private static boolean isMissingValue(Throwable e) {
        Throwable cause = Causes.innermost(e);
        return cause instanceof UnsupportedOperationException
                && Arrays.stream(cause.getStackTrace())
                        .limit(1)
                        .anyMatch(thrower -> thrower.getClassName().startsWith("org.apache.camel.dsl.yaml."));
    }

    /** Returns the id of the route that could not be created or started. */
    private static Optional<String> route(Throwable e) {
        return Causes.among(e, FailedToCreateRouteException.class)
                .map(FailedToCreateRouteException::getRouteId)
                .or(() -> Causes.among(e, FailedToStartRouteException.class)
                        .map(FailedToStartRouteException::getRouteId));
    }

    private String at(RouteFileEntry item, Throwable e) {
        if (isMissingValue(e) && item.emptyKey().isPresent()) {
            RouteFileEntry.Key empty = item.emptyKey().get();
            return "%s: %s has no value, expected its options or {}".formatted(item.at(empty.line()), empty.name());
        }
        String reason = reasons.of(e);
        return "%s: %s".formatted(item.at(reason), reason);
    }
}
