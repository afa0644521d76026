package io.wadi.runtime.reload;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What becomes of the running routes where other files hold: what differs, and the routes that use a configuration that differs.
 *
 * @param before what runs
 * @param after what is to run
 * @param leaving entries of {@code before} that go
 * @param coming entries of {@code after} that come; those under a leaving entry's name take its place
 * @param lost what is said of routes that come without a step by which they kept what they took. None may; where the step is there
 *     and misspelt, its trial says so, and that is what is to be said of it
 */
record RouteChange(
        RouteFileEntries before,
        RouteFileEntries after,
        List<RouteFileEntry> leaving,
        List<RouteFileEntry> coming,
        Map<RouteFileEntry, List<String>> lost) {

    /**
     * Finds what differs.
     *
     * @param keepers the steps by which a route that takes requests keeps what they bring
     * @throws RejectedChangeException where something differs that cannot change while routes run
     */
    static RouteChange between(RouteFileEntries before, RouteFileEntries after, Set<String> keepers)
            throws RejectedChangeException {
        List<String> mistakes = new ArrayList<>(after.templateMistakes());
        checkFixed(before, after, mistakes);
        Map<String, RouteFileEntry> leaving = new LinkedHashMap<>();
        Map<String, RouteFileEntry> coming = new LinkedHashMap<>();
        before.live().forEach((name, item) -> {
            if (!isSame(item, after.live().get(name))) {
                leaving.put(name, item);
            }
        });
        after.live().forEach((name, item) -> {
            if (!isSame(item, before.live().get(name))) {
                coming.put(name, item);
            }
        });
        addUsers(before, after, leaving, coming);
        Map<RouteFileEntry, List<String>> lost = new HashMap<>();
        coming.forEach((name, item) -> {
            checkConfigurations(item, after, mistakes);
            List<String> losses = lost(item, before.live().get(name), keepers);
            // What is no route is not tried out.
            if (item.isRoute()) {
                lost.put(item, losses);
            } else {
                mistakes.addAll(losses);
            }
        });
        if (!mistakes.isEmpty()) {
            throw new RejectedChangeException(mistakes);
        }
        return new RouteChange(before, after, List.copyOf(leaving.values()), List.copyOf(coming.values()), lost);
    }

    private static List<String> lost(RouteFileEntry item, RouteFileEntry before, Set<String> keepers) {
        return keepers.stream()
                .filter(keeper -> before != null && before.says("ref", keeper) && !item.says("ref", keeper))
                .map(keeper ->
                        "%s: the route %s has lost its step %s: what it takes would be acknowledged and be nowhere; one that is to do without has another id"
                                .formatted(item.at(), item.id(), keeper))
                .toList();
    }

    private static void checkConfigurations(RouteFileEntry item, RouteFileEntries after, List<String> mistakes) {
        for (String configuration : item.configurations()) {
            if (!after.hasConfiguration(configuration)) {
                mistakes.add(
                        "%s: there is no routeConfiguration \"%s\"".formatted(item.at(configuration), configuration));
            }
        }
    }

    private static boolean isSame(RouteFileEntry one, RouteFileEntry other) {
        return one != null && other != null && one.content().equals(other.content());
    }

    private static void checkFixed(RouteFileEntries before, RouteFileEntries after, List<String> mistakes) {
        Set<Object> known = before.fixed().stream().map(RouteFileEntry::content).collect(Collectors.toSet());
        for (RouteFileEntry item : after.fixed()) {
            if (!known.contains(item.content())) {
                mistakes.add(
                        item.kind().equals("route") || item.isOfTemplate()
                                ? item.at() + ": a route that changes while Wadi runs needs an id"
                                : "%s: \"%s\" cannot change while Wadi runs, only route (with an id), routeConfiguration, routeTemplate and templatedRoute can"
                                        .formatted(item.at(), item.kind()));
            }
        }
        Set<Object> still = after.fixed().stream().map(RouteFileEntry::content).collect(Collectors.toSet());
        for (RouteFileEntry item : before.fixed()) {
            if (!still.contains(item.content())) {
                mistakes.add("%s: the \"%s\" that stood there cannot be taken away while Wadi runs"
                        .formatted(item.at(), item.kind()));
            }
        }
    }

    /** Routes are built with their configurations, and of their templates, so those of one that differs are built again. */
    private static void addUsers(
            RouteFileEntries before,
            RouteFileEntries after,
            Map<String, RouteFileEntry> leaving,
            Map<String, RouteFileEntry> coming) {
        Set<String> configurations = new HashSet<>();
        Set<String> templates = new HashSet<>();
        Stream.concat(leaving.values().stream(), coming.values().stream()).forEach(item -> {
            if (item.isConfiguration()) {
                configurations.add(item.id());
            } else if (item.isTemplate()) {
                templates.add(item.id());
            }
        });
        before.routesNaming(configurations, templates).forEach(route -> leaving.putIfAbsent(route.name(), route));
        after.routesNaming(configurations, templates).forEach(route -> coming.putIfAbsent(route.name(), route));
        // A route whose configuration or template is the only thing that differs is there before and after.
        coming.forEach((name, route) -> {
            if (before.live().containsKey(name)) {
                leaving.putIfAbsent(name, before.live().get(name));
            }
        });
        leaving.forEach((name, route) -> {
            if (after.live().containsKey(name)) {
                coming.putIfAbsent(name, after.live().get(name));
            }
        });
    }

    boolean isEmpty() {
        return leaving.isEmpty() && coming.isEmpty();
    }

    /** What brings back what was before. */
    RouteChange back() {
        return new RouteChange(
                /* before= */ after, /* after= */ before, /* leaving= */ coming, /* coming= */ leaving, Map.of());
    }

    List<RouteFileEntry> leavingRoutes() {
        return leaving.stream().filter(RouteFileEntry::isRoute).toList();
    }

    List<RouteFileEntry> comingRoutes() {
        return coming.stream().filter(RouteFileEntry::isRoute).toList();
    }

    /** For a person, such as {@code events changed, pixel added}. */
    String said() {
        List<String> words = new ArrayList<>();
        for (RouteFileEntry item : coming) {
            boolean isThere = leaving.stream().anyMatch(old -> old.name().equals(item.name()));
            words.add(item.id() + (isThere ? " changed" : " added"));
        }
        for (RouteFileEntry item : leaving) {
            if (coming.stream().noneMatch(other -> other.name().equals(item.name()))) {
                words.add(item.id() + " removed");
            }
        }
        return String.join(", ", words);
    }
}
