package io.wadi.reload;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * What route files declare, entry by entry.
 *
 * @param texts what stands in each file, by its name
 * @param live routes and route configurations, by {@code kind id}
 * @param fixed what cannot change while routes run: all other entries, and routes without an id
 */
record RouteItems(Map<String, String> texts, Map<String, Item> live, List<Item> fixed) {
    private static final LoadSettings SETTINGS = LoadSettings.builder().build();

    /**
     * Reads all entries of all files.
     *
     * @throws Refused with all mistakes: no YAML, no list, an id that is there twice
     */
    static RouteItems of(SavedFiles files) throws Refused {
        List<String> mistakes = new ArrayList<>();
        List<Item> items = new ArrayList<>();
        files.texts().forEach((file, text) -> items.addAll(read(file, text, mistakes)));
        Map<String, Item> live = new LinkedHashMap<>();
        List<Item> fixed = new ArrayList<>();
        for (Item item : items) {
            if (item.isLive()) {
                Item first = live.putIfAbsent(name(item), item);
                if (first != null) {
                    mistakes.add("%s: the id \"%s\" is that of %s, too; give one of them another"
                            .formatted(item.at(), item.id(), first.at()));
                }
            } else {
                fixed.add(item);
            }
        }
        if (files.texts().isEmpty()) {
            mistakes.add("there is no route file any more; to stop the routes, stop Wadi");
        }
        if (!mistakes.isEmpty()) {
            throw new Refused(mistakes);
        }
        return new RouteItems(files.texts(), live, fixed);
    }

    /** What an entry is known by. */
    static String name(Item item) {
        return item.kind() + " " + item.id();
    }

    private static List<Item> read(String file, String text, List<String> mistakes) {
        try {
            Optional<Node> root = new Compose(SETTINGS).composeString(text);
            if (root.isPresent() && root.get() instanceof SequenceNode list) {
                return items(file, text, list.getValue());
            }
            mistakes.add(file + ": a route file is a list of entries such as \"- route:\"");
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            mistakes.add("%s:%d: %s".formatted(file, line, e.getProblem()));
        } catch (YamlEngineException | ClassCastException e) {
            mistakes.add("%s: %s".formatted(file, e.getMessage()));
        }
        return List.of();
    }

    private static List<Item> items(String file, String text, List<Node> nodes) {
        List<?> contents = (List<?>) new Load(SETTINGS).loadFromString(text);
        List<Item> items = new ArrayList<>();
        int last = (int) text.lines().count();
        for (int number = nodes.size() - 1; number >= 0; number--) {
            Node node = nodes.get(number);
            items.add(0, Item.of(file, node, contents.get(number), last));
            last = node.getStartMark().map(mark -> mark.getLine()).orElse(0);
        }
        return items;
    }

    /** The lines of a file that belong to these entries, all others empty, so that each keeps its number. */
    String textOf(String file, Collection<Item> entries) {
        List<String> lines = new ArrayList<>(texts.get(file).lines().toList());
        for (int index = 0; index < lines.size(); index++) {
            int line = index + 1;
            boolean wanted = entries.stream()
                    .anyMatch(each -> each.file().equals(file) && each.line() <= line && line <= each.lastLine());
            if (!wanted) {
                lines.set(index, "");
            }
        }
        return String.join("\n", lines) + "\n";
    }

    List<Item> all() {
        return Stream.concat(live.values().stream(), fixed.stream()).toList();
    }

    boolean hasConfiguration(String id) {
        return live.values().stream()
                .anyMatch(item -> item.isConfiguration() && item.id().equals(id));
    }

    /** The routes that name one of these configurations. */
    List<Item> routesNaming(Set<String> configurations) {
        return live.values().stream()
                .filter(Item::isRoute)
                .filter(route -> route.configurations().stream().anyMatch(configurations::contains))
                .toList();
    }
}
