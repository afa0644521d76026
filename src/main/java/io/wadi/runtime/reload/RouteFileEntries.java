package io.wadi.runtime.reload;

import io.wadi.runtime.config.NearestName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Present;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * The entries of all route files.
 *
 * @param texts the contents by file name
 * @param live routes, route configurations and route templates, by {@link RouteFileEntry#name()}
 * @param fixed entries that cannot change at run time: entries of other kinds, and entries without an id
 */
record RouteFileEntries(Map<String, String> texts, Map<String, RouteFileEntry> live, List<RouteFileEntry> fixed) {
    /** The schema reads all scalars as text, as Camel does, but it has no constructor for empty values. */
    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setSchema(new FailsafeSchema())
            .setTagConstructors(Map.of(Tag.NULL, node -> null))
            .build();

    private static final DumpSettings WRITTEN =
            DumpSettings.builder().setSchema(new FailsafeSchema()).build();

    /**
     * Parses all files.
     *
     * @throws RejectedChangeException if there are errors: invalid YAML, not a list, duplicate ids, or no file; it
     *     contains all of them
     */
    static RouteFileEntries of(DirectorySnapshot files) throws RejectedChangeException {
        List<String> mistakes = new ArrayList<>();
        List<RouteFileEntry> items = new ArrayList<>();
        files.texts().forEach((file, text) -> items.addAll(read(file, text, mistakes)));
        Map<String, RouteFileEntry> live = new LinkedHashMap<>();
        List<RouteFileEntry> fixed = new ArrayList<>();
        for (RouteFileEntry item : items) {
            if (item.isLive()) {
                RouteFileEntry first = live.putIfAbsent(item.name(), item);
                if (first != null) {
                    mistakes.add("%s: the id \"%s\" is also used at %s; change one of them"
                            .formatted(item.at(), item.id(), first.at()));
                }
            } else {
                fixed.add(item);
            }
        }
        if (files.texts().isEmpty()) {
            mistakes.add("no route file is left, expected at least one *.camel.yaml; to stop the routes, stop Wadi");
        }
        if (!mistakes.isEmpty()) {
            throw new RejectedChangeException(mistakes);
        }
        return new RouteFileEntries(files.texts(), live, fixed);
    }

    private static List<RouteFileEntry> read(String file, String text, List<String> mistakes) {
        try {
            Optional<Node> root = new Compose(SETTINGS).composeString(text);
            if (root.isPresent() && root.get() instanceof SequenceNode list) {
                Optional<Node> recursive = recursive(list);
                recursive.ifPresent(node -> mistakes.add(
                        "%s:%d: the node contains itself as an alias".formatted(file, RouteFileEntry.line(node))));
                return recursive.isPresent() ? List.of() : items(file, text, list);
            }
            mistakes.add("%s: found %s, expected a list of entries such as \"- route:\""
                    .formatted(
                            file,
                            root.map(node -> node instanceof MappingNode ? "a mapping" : "a text")
                                    .orElse("no entry")));
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            mistakes.add("%s:%d: %s".formatted(file, line, e.getProblem()));
        } catch (YamlEngineException | ClassCastException e) {
            mistakes.add("%s: %s".formatted(file, e.getMessage()));
        }
        return List.of();
    }

    /** Returns a node that contains itself: its content could not be compared. Keys are scalars. */
    private static Optional<Node> recursive(Node node) {
        if (node.isRecursive()) {
            return Optional.of(node);
        }
        Stream<Node> children = Stream.empty();
        if (node instanceof SequenceNode list) {
            children = list.getValue().stream();
        } else if (node instanceof MappingNode mapping) {
            children = mapping.getValue().stream().map(NodeTuple::getValueNode);
        }
        return children.flatMap(child -> recursive(child).stream()).findFirst();
    }

    private static List<RouteFileEntry> items(String file, String text, SequenceNode list) {
        List<Node> nodes = list.getValue();
        List<?> contents = (List<?>) new StandardConstructor(SETTINGS).constructSingleDocument(Optional.of(list));
        List<RouteFileEntry> items = new ArrayList<>();
        int last = (int) text.lines().count();
        for (int number = nodes.size() - 1; number >= 0; number--) {
            Node node = nodes.get(number);
            items.add(0, RouteFileEntry.of(file, node, contents.get(number), last));
            last = node.getStartMark().map(mark -> mark.getLine()).orElse(0);
        }
        return items;
    }

    /** Returns the entries, such as {@code onException}, that Camel applies to the routes of a file. */
    private Stream<RouteFileEntry> ofFile(String file) {
        return fixed.stream().filter(each -> each.isOfFile() && each.file().equals(file));
    }

    /** Returns the content that determines a live entry, for a route with that of the entries of its file. */
    List<Object> contentOf(RouteFileEntry entry) {
        Stream<RouteFileEntry> others = entry.isRoute() ? ofFile(entry.file()) : Stream.empty();
        return Stream.concat(Stream.of(entry), others)
                .map(RouteFileEntry::content)
                .toList();
    }

    /**
     * Returns a file's text with only these entries, and before routes the entries that apply to the file. Other lines
     * are empty, so that line numbers stay the same. Entries that do not have lines of their own, or refer to an anchor
     * of another entry, are written anew.
     */
    String textOf(String file, Collection<RouteFileEntry> entries) {
        Stream<RouteFileEntry> others =
                entries.stream().anyMatch(RouteFileEntry::isRoute) ? ofFile(file) : Stream.empty();
        List<RouteFileEntry> selected = Stream.concat(
                        others, entries.stream().filter(each -> each.file().equals(file)))
                .toList();
        String lines = linesOf(file, selected);
        if (selected.isEmpty() || isListOf(selected.size(), lines)) {
            return lines;
        }
        Node list = new SequenceNode(
                Tag.SEQ, selected.stream().map(RouteFileEntry::node).toList(), FlowStyle.BLOCK);
        return "\n".repeat(selected.get(0).line() - 1)
                + new Present(WRITTEN)
                        .emitToString(new Serialize(WRITTEN).serializeOne(list).iterator());
    }

    private static boolean isListOf(int size, String text) {
        try {
            return new Compose(SETTINGS)
                    .composeString(text)
                    .filter(root ->
                            root instanceof SequenceNode list && list.getValue().size() == size)
                    .isPresent();
        } catch (YamlEngineException e) {
            return false;
        }
    }

    private String linesOf(String file, List<RouteFileEntry> entries) {
        List<String> lines = new ArrayList<>(texts.get(file).lines().toList());
        for (int index = 0; index < lines.size(); index++) {
            int line = index + 1;
            boolean isSelected = entries.stream().anyMatch(each -> each.line() <= line && line <= each.lastLine());
            if (!isSelected) {
                lines.set(index, "");
            }
        }
        return String.join("\n", lines) + "\n";
    }

    List<RouteFileEntry> all() {
        return Stream.concat(live.values().stream(), fixed.stream()).toList();
    }

    Set<String> configurations() {
        return live.values().stream()
                .filter(RouteFileEntry::isConfiguration)
                .map(RouteFileEntry::id)
                .collect(Collectors.toSet());
    }

    /** Returns the template of a templated route. */
    Optional<RouteFileEntry> templateOf(RouteFileEntry route) {
        return live.values().stream()
                .filter(item -> item.isTemplate() && item.id().equals(route.template()))
                .findFirst();
    }

    /** Returns whether a route is a flow: a route that reads Kafka, so that no client waits for it. */
    boolean isFlow(RouteFileEntry route) {
        return templateOf(route).orElse(route).readsKafka();
    }

    /** Returns whether a configuration of a route has an {@code interceptSendToEndpoint}. */
    boolean interceptsEndpoints(RouteFileEntry route) {
        RouteFileEntry referring = templateOf(route).orElse(route);
        return all().stream().anyMatch(each -> each.interceptsEndpointsOf(referring));
    }

    /** Returns the routes that use one of the configurations or templates. */
    List<RouteFileEntry> routesNaming(Set<String> configurations, Set<String> templates) {
        return live.values().stream()
                .filter(RouteFileEntry::isRoute)
                .filter(route ->
                        configurations.stream().anyMatch(templateOf(route).orElse(route)::refersTo)
                                || templates.contains(route.template()))
                .toList();
    }

    /**
     * Returns the errors that Camel ignores or reports without a line: routes without input, and errors in parameters of
     * templated routes.
     */
    List<String> mistakes() {
        List<String> mistakes = new ArrayList<>();
        Set<String> templates = live.values().stream()
                .filter(RouteFileEntry::isTemplate)
                .map(RouteFileEntry::id)
                .collect(Collectors.toCollection(TreeSet::new));
        for (RouteFileEntry route : all()) {
            if (route.lacksInput()) {
                mistakes.add("%s: the route %s has no from; check the indentation".formatted(route.at(), route.id()));
            }
            if (route.isOfTemplate()) {
                templateOf(route)
                        .ifPresentOrElse(
                                template -> compare(route, template, mistakes),
                                () -> mistakes.add("%s: there is no routeTemplate \"%s\"%s"
                                        .formatted(
                                                route.at(route.template()),
                                                route.template(),
                                                NearestName.question(route.template(), templates))));
            }
        }
        return mistakes;
    }

    private static void compare(RouteFileEntry route, RouteFileEntry template, List<String> mistakes) {
        Set<String> given = new HashSet<>();
        for (RouteFileEntry.Parameter each : route.parameters()) {
            if (!given.add(each.name())) {
                mistakes.add("%s: the parameter %s occurs twice; remove one of both"
                        .formatted(route.at(each.line()), each.name()));
            }
        }
        Set<String> known = template.parameters().stream()
                .map(RouteFileEntry.Parameter::name)
                .collect(Collectors.toCollection(TreeSet::new));
        for (RouteFileEntry.Parameter each : route.parameters()) {
            if (!known.contains(each.name())) {
                mistakes.add("%s: %s has no parameter %s%s"
                        .formatted(
                                route.at(each.line()),
                                template.id(),
                                each.name(),
                                NearestName.question(each.name(), known)));
            }
        }
        for (RouteFileEntry.Parameter each : template.parameters()) {
            if (each.isNeeded() && !given.contains(each.name())) {
                mistakes.add("%s: the parameter %s of %s is missing; add it to the parameters"
                        .formatted(route.at(), each.name(), template.id()));
            }
        }
    }
}
