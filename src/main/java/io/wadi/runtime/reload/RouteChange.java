package io.wadi.runtime.reload;

import io.wadi.runtime.config.NearestName;
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
 * The difference between running routes and changed files, including routes that use a changed configuration or
 * template.
 *
 * @param before the running entries
 * @param after the new entries
 * @param removed entries of {@code before} that are removed
 * @param added entries of {@code after} that are added; they replace the removed entries of the same name
 * @param lost the errors of routes that would lose the step that stores their events; a trial reports a misspelled step
 *     first
 */
record RouteChange(
        RouteFileEntries before,
        RouteFileEntries after,
        List<RouteFileEntry> removed,
        List<RouteFileEntry> added,
        Map<RouteFileEntry, List<String>> lost) {

    /**
     * Compares entries.
     *
     * @param sendSteps the steps that store a request's events; a route must not lose one
     * @throws RejectedChangeException if the change is invalid or changes an entry that cannot change at run time
     */
    static RouteChange between(RouteFileEntries before, RouteFileEntries after, Set<String> sendSteps)
            throws RejectedChangeException {
        List<String> mistakes = new ArrayList<>(after.mistakes());
        checkFixed(before, after, mistakes);
        Map<String, RouteFileEntry> removed = differing(before, after);
        Map<String, RouteFileEntry> added = differing(after, before);
        addUsers(before, after, removed, added);
        Map<RouteFileEntry, List<String>> lost = new HashMap<>();
        added.forEach((name, item) -> {
            checkConfigurations(item, after, mistakes);
            List<String> losses = lost(item, before.live().get(name), sendSteps);
            // The errors of routes are reported after their trial; other entries have no trial.
            if (item.isRoute()) {
                lost.put(item, losses);
            } else {
                mistakes.addAll(losses);
            }
        });
        removed.values().forEach(item -> checkInterceptors(item, before, mistakes));
        added.forEach((name, item) -> {
            if (!removed.containsKey(name) || !before.interceptsEndpoints(removed.get(name))) {
                checkInterceptors(item, after, mistakes);
            }
        });
        if (!mistakes.isEmpty()) {
            throw new RejectedChangeException(mistakes);
        }
        return new RouteChange(before, after, List.copyOf(removed.values()), List.copyOf(added.values()), lost);
    }

    private static List<String> lost(RouteFileEntry item, RouteFileEntry before, Set<String> sendSteps) {
        return sendSteps.stream()
                .filter(step -> before != null && before.uses(step) && !item.uses(step))
                .map(step ->
                        "%s: the route %s has lost its step %s: its events would be acknowledged but not stored; use another id for a route without the step"
                                .formatted(item.at(), item.id(), step))
                .toList();
    }

    private static void checkConfigurations(RouteFileEntry item, RouteFileEntries after, List<String> mistakes) {
        for (String configuration : item.configurations()) {
            if (!after.configurations().contains(configuration)) {
                mistakes.add("%s: there is no routeConfiguration \"%s\"%s"
                        .formatted(
                                item.at(configuration),
                                configuration,
                                NearestName.question(configuration, after.configurations())));
            }
        }
    }

    /**
     * Rejects routes of a configuration that intercepts endpoints. Camel adds an interceptor to the context whenever it
     * builds such a route, and keeps all of them: records would pass that of the trial, which is never started, or one
     * of a former configuration.
     */
    private static void checkInterceptors(RouteFileEntry item, RouteFileEntries entries, List<String> mistakes) {
        if (item.isRoute() && entries.interceptsEndpoints(item)) {
            mistakes.add(
                    "%s: the route %s cannot change at run time, because its routeConfiguration has an interceptSendToEndpoint; restart Wadi to apply the change"
                            .formatted(item.at(), item.id()));
        }
    }

    /** Returns the entries that others do not contain with the same content, by name. */
    private static Map<String, RouteFileEntry> differing(RouteFileEntries entries, RouteFileEntries others) {
        Map<String, RouteFileEntry> differing = new LinkedHashMap<>(entries.live());
        differing.values().removeIf(item -> {
            RouteFileEntry other = others.live().get(item.name());
            return other != null && entries.contentOf(item).equals(others.contentOf(other));
        });
        return differing;
    }

    private static void checkFixed(RouteFileEntries before, RouteFileEntries after, List<String> mistakes) {
        Set<Object> known = before.fixed().stream().map(RouteFileEntry::content).collect(Collectors.toSet());
        for (RouteFileEntry item : after.fixed()) {
            if (!known.contains(item.content())) {
                mistakes.add(item.at() + ": " + fixedMistake(item));
            }
        }
        Set<Object> still = after.fixed().stream().map(RouteFileEntry::content).collect(Collectors.toSet());
        for (RouteFileEntry item : before.fixed()) {
            if (!still.contains(item.content())) {
                mistakes.add("%s: the \"%s\" entry cannot be removed at run time: restore it, or restart Wadi"
                        .formatted(item.at(), item.kind()));
            }
        }
    }

    private static String fixedMistake(RouteFileEntry item) {
        if (item.kind().isEmpty()) {
            return "expected an entry with one key such as \"route:\"; check the indentation";
        }
        return item.kind().equals("route") || item.isOfTemplate()
                ? "the route has no id without a placeholder: add one, so that it can change at run time, or restart Wadi"
                : "\"%s\" cannot change at run time, only route (with an id), routeConfiguration, routeTemplate and templatedRoute can; restart Wadi to apply the change"
                        .formatted(item.kind());
    }

    /** Adds the routes that use changed configurations and templates, since these are built into the routes. */
    private static void addUsers(
            RouteFileEntries before,
            RouteFileEntries after,
            Map<String, RouteFileEntry> removed,
            Map<String, RouteFileEntry> added) {
        Set<String> configurations = new HashSet<>();
        Set<String> templates = new HashSet<>();
        Stream.concat(removed.values().stream(), added.values().stream()).forEach(item -> {
            if (item.isConfiguration()) {
                configurations.add(item.id());
            } else if (item.isTemplate()) {
                templates.add(item.id());
            }
        });
        before.routesNaming(configurations, templates).forEach(route -> removed.putIfAbsent(route.name(), route));
        after.routesNaming(configurations, templates).forEach(route -> added.putIfAbsent(route.name(), route));
        // A route that changes only by its configuration or template is removed and added again.
        Stream.concat(removed.keySet().stream(), added.keySet().stream())
                .toList()
                .forEach(name -> {
                    removed.computeIfAbsent(name, before.live()::get);
                    added.computeIfAbsent(name, after.live()::get);
                });
    }

    boolean isEmpty() {
        return removed.isEmpty() && added.isEmpty();
    }

    /** Returns the inverse change, for a rollback. */
    RouteChange back() {
        return new RouteChange(
                /* before= */ after, /* after= */ before, /* removed= */ added, /* added= */ removed, Map.of());
    }

    /** Returns this change without the entries with these names. */
    RouteChange without(Set<String> names) {
        return new RouteChange(before, after, without(removed, names), without(added, names), lost);
    }

    private static List<RouteFileEntry> without(List<RouteFileEntry> entries, Set<String> names) {
        return entries.stream().filter(each -> !names.contains(each.name())).toList();
    }

    /** Returns the removed and added configurations and templates. */
    List<RouteFileEntry> shared() {
        return Stream.concat(removed.stream(), added.stream())
                .filter(each -> !each.isRoute())
                .toList();
    }

    List<RouteFileEntry> removedRoutes() {
        return removed.stream().filter(RouteFileEntry::isRoute).toList();
    }

    List<RouteFileEntry> addedRoutes() {
        return added.stream().filter(RouteFileEntry::isRoute).toList();
    }

    /** Returns a summary such as {@code events changed, pixel added}. */
    String summary() {
        List<String> changes = new ArrayList<>();
        for (RouteFileEntry item : added) {
            boolean isReplaced = removed.stream().anyMatch(old -> old.name().equals(item.name()));
            changes.add(item.id() + (isReplaced ? " changed" : " added"));
        }
        for (RouteFileEntry item : removed) {
            if (added.stream().noneMatch(other -> other.name().equals(item.name()))) {
                changes.add(item.id() + " removed");
            }
        }
        return String.join(", ", changes);
    }
}
