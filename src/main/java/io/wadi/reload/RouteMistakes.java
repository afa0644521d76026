package io.wadi.reload;

import io.wadi.kafka.Causes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Says what Camel has found wrong with route files: file, line and reason. */
public final class RouteMistakes {
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
        RouteItems items;
        try {
            items = RouteItems.of(SavedFiles.read(directory, SavedFiles.ROUTES));
        } catch (IOException notRead) {
            return Optional.empty();
        } catch (Refused refused) {
            return Optional.of(refused.getMessage());
        }
        RouteMistakes mistakes = new RouteMistakes(context);
        return mistakes.marked(items, e).or(() -> mistakes.named(items.live().values(), e));
    }

    /** What has been found in entries of one file. */
    String of(Collection<Item> items, Exception e) {
        Item first = items.iterator().next();
        return Causes.among(e, MarkedYamlEngineException.class)
                .filter(marked -> marked.getProblemMark().isPresent())
                .map(marked -> "%s:%d: %s"
                        .formatted(first.file(), marked.getProblemMark().get().getLine() + 1, marked.getProblem()))
                .or(() -> named(items, e))
                .orElseGet(() -> at(first, e));
    }

    /** Camel says the line of a step that it does not know, and the file around it. */
    private Optional<String> marked(RouteItems items, Exception e) {
        Optional<MarkedYamlEngineException> marked = Causes.among(e, MarkedYamlEngineException.class);
        Optional<Mark> mark = marked.flatMap(MarkedYamlEngineException::getProblemMark);
        String whole = Reasons.whole(e);
        return mark.flatMap(where -> items.texts().keySet().stream()
                .filter(whole::contains)
                .findFirst()
                .map(file -> "%s:%d: %s"
                        .formatted(file, where.getLine() + 1, marked.get().getProblem())));
    }

    /** Camel names the route. */
    private Optional<String> named(Collection<Item> items, Exception e) {
        String whole = Reasons.whole(e);
        return items.stream()
                .filter(each -> whole.contains(each.id()))
                .max(Comparator.comparingInt(each -> each.id().length()))
                .map(item -> at(item, e));
    }

    private String at(Item item, Exception e) {
        String reason = reasons.of(e);
        return "%s: %s".formatted(item.at(reason), reason);
    }
}
