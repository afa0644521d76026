package io.wadi.runtime.config;

import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A reader of the fields of a YAML mapping. It records each error with line and column and continues, so that all
 * errors are reported together. A field with an empty value counts as missing, except for a list of values.
 */
public final class YamlFields {
    private static final LoadSettings SETTINGS = LoadSettings.builder().build();
    private static final String RECURSIVE = " contains itself as an alias";

    private final String file;
    private final List<String> mistakes;
    private final String path;
    private final MappingNode node;
    private final Map<String, NodeTuple> fields = new LinkedHashMap<>();
    private final List<String> known = new ArrayList<>();

    private YamlFields(String file, List<String> mistakes, String path, MappingNode node) {
        this.file = file;
        this.mistakes = mistakes;
        this.path = path;
        this.node = node;
        node.getValue().forEach(this::add);
    }

    /**
     * Parses a file that consists of a mapping.
     *
     * @param file the name of the file, for errors
     * @param mistakes receives the errors, one line each
     * @return the fields; empty if the text is not a YAML mapping, which is recorded as an error
     */
    public static Optional<YamlFields> of(String file, String yaml, List<String> mistakes) {
        try {
            Optional<Node> root = new Compose(SETTINGS).composeString(yaml);
            if (root.isPresent() && root.get() instanceof MappingNode mapping) {
                return Optional.of(new YamlFields(file, mistakes, "", mapping));
            }
            mistakes.add(file + (root.isEmpty() ? " is empty, expected a mapping" : " is not a mapping"));
        } catch (MarkedYamlEngineException e) {
            mistakes.add("%s%s: %s".formatted(file, at(e.getProblemMark()), e.getProblem()));
        } catch (YamlEngineException e) {
            mistakes.add("%s: %s".formatted(file, e.getMessage()));
        } catch (StackOverflowError e) { // the library recurses for each level, and has no limit for them
            mistakes.add(file + " is nested too deeply");
        }
        return Optional.empty();
    }

    private void add(NodeTuple field) {
        NodeTuple before = fields.putIfAbsent(name(field), field);
        if (before != null) {
            note(
                    field.getKeyNode(),
                    "%s%s is a duplicate field%s".formatted(path, name(field), first(before.getKeyNode())));
        }
    }

    /** Returns the name of a field. The library rejects keys that are not scalars. */
    private static String name(NodeTuple field) {
        return ((ScalarNode) field.getKeyNode()).getValue();
    }

    /** Returns whether a field has a value. */
    public boolean has(String field) {
        return node(field).isPresent();
    }

    /** Returns the field names in the file's order, including those without a value. */
    public List<String> names() {
        return List.copyOf(fields.keySet());
    }

    /** Returns whether a field has a scalar value. */
    public boolean isPlain(String field) {
        return node(field).filter(ScalarNode.class::isInstance).isPresent();
    }

    /**
     * Returns a field's value, or the fallback if it is missing or invalid.
     *
     * @param allowed a description of the allowed values, for errors
     * @param parser converts the text to the value; throws {@link IllegalArgumentException} if it is invalid
     */
    public <T> T value(String field, String allowed, T fallback, Function<String, T> parser) {
        return node(field)
                .flatMap(value -> parse(path + field, value, allowed, parser))
                .orElse(fallback);
    }

    /** Returns the value of a required field; empty if it is missing or invalid, which is recorded. */
    public <T> Optional<T> required(String field, String allowed, Function<String, T> parser) {
        return requiredNode(field, allowed).flatMap(found -> parse(path + field, found, allowed, parser));
    }

    private Optional<Node> requiredNode(String field, String allowed) {
        Optional<Node> value = node(field);
        if (value.isEmpty()) {
            note(node, "%s%s is missing, expected %s".formatted(path, field, allowed));
        }
        return value;
    }

    /**
     * Returns the values of a list, or the fallback if it is missing. An empty list is an error, also without brackets:
     * all of its items may have become comments.
     */
    public <T> List<T> values(String field, String allowed, List<T> fallback, Function<String, T> parser) {
        Optional<Node> list = node(field);
        List<Node> items = items(field).toList();
        boolean isList = list.isEmpty() || list.get() instanceof SequenceNode;
        if (items.isEmpty() && isList && fields.containsKey(field)) {
            note(fields.get(field).getValueNode(), "%s%s is empty, expected %s".formatted(path, field, allowed));
        }
        return list.isEmpty()
                ? fallback
                : items.stream()
                        .flatMap(item -> parse(path + field, item, allowed, parser).stream())
                        .toList();
    }

    /** Returns the values of a required list; empty if it is missing or empty, which is recorded. */
    public <T> List<T> requiredValues(String field, String allowed, Function<String, T> parser) {
        if (!fields.containsKey(field)) {
            note(node, "%s%s is missing, expected %s".formatted(path, field, allowed));
        }
        return values(field, allowed, List.of(), parser);
    }

    /**
     * Returns the mappings of a required list.
     *
     * @param label the field that identifies a mapping in errors
     */
    public List<YamlFields> mappings(String field, String label) {
        requiredNode(field, "a list");
        return items(field)
                .flatMap(item -> asMapping(path + field, item).stream())
                .map(item -> new YamlFields(file, mistakes, path + label(item, label), item))
                .toList();
    }

    private static String label(MappingNode mapping, String label) {
        return mapping.getValue().stream()
                .filter(field -> name(field).equals(label))
                .map(field -> field.getValueNode() instanceof ScalarNode name ? name.getValue() + ": " : "")
                .findFirst()
                .orElse("");
    }

    /** Returns a nested mapping; empty if it is missing, or not a mapping, which is recorded. */
    public Optional<YamlFields> mapping(String field) {
        return node(field).flatMap(value -> nested(field, value));
    }

    /** Returns a required nested mapping; empty if it is missing or not a mapping, which is recorded. */
    public Optional<YamlFields> requiredMapping(String field, String allowed) {
        return requiredNode(field, allowed).flatMap(value -> nested(field, value));
    }

    private Optional<YamlFields> nested(String field, Node value) {
        return asMapping(path + field, value)
                .map(mapping -> new YamlFields(file, mistakes, path + field + ".", mapping));
    }

    private Optional<MappingNode> asMapping(String name, Node value) {
        if (value instanceof MappingNode mapping && !value.isRecursive()) {
            return Optional.of(mapping);
        }
        note(value, name + (value.isRecursive() ? RECURSIVE : " is not a mapping"));
        return Optional.empty();
    }

    /** Returns the entries of a mapping with arbitrary names, in the file's order; empty if it is missing. */
    public <T> Map<String, T> free(String field, String allowed, Function<String, T> parser) {
        Map<String, T> values = new LinkedHashMap<>();
        mapping(field)
                .ifPresent(nested -> nested.fields.forEach(
                        (name, entry) -> nested.parse(nested.path + name, entry.getValueNode(), allowed, parser)
                                .ifPresent(value -> values.put(name, value))));
        return values;
    }

    /** Records an error in the value of a field. */
    public void refuse(String field, String mistake) {
        note(node(field).orElse(node), path + field + " " + mistake);
    }

    /** Records an error in the mapping as a whole. */
    public void refuse(String mistake) {
        note(node, path.endsWith(".") ? path.substring(0, path.length() - 1) + " " + mistake : path + mistake);
    }

    /** Returns the first line of the mapping, from 1. */
    public int line() {
        return line(node);
    }

    /** Returns the first line of a field's value, from 1; that of the mapping if the field is missing. */
    public int line(String field) {
        return line(node(field).orElse(node));
    }

    private static int line(Node at) {
        return at.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    /** Records an error for each field that was not read. Call it after all known fields were read. */
    public void end() {
        fields.forEach((name, field) -> {
            if (!known.contains(name)) {
                note(
                        field.getKeyNode(),
                        "%s%s: unknown field; %s".formatted(path, name, NearestName.instead(name, known)));
            }
        });
    }

    private Optional<Node> node(String field) {
        if (!known.contains(field)) {
            known.add(field);
        }
        return Optional.ofNullable(fields.get(field))
                .map(NodeTuple::getValueNode)
                .filter(value -> !value.getTag().equals(Tag.NULL));
    }

    private Stream<Node> items(String field) {
        return node(field).stream().flatMap(value -> {
            if (value instanceof SequenceNode list && !value.isRecursive()) {
                return list.getValue().stream();
            }
            note(value, path + field + (value.isRecursive() ? RECURSIVE : " is not a list"));
            return Stream.of();
        });
    }

    private <T> Optional<T> parse(String name, Node value, String allowed, Function<String, T> parser) {
        if (!(value instanceof ScalarNode scalar)) {
            note(value, "%s is a list or a mapping, expected %s".formatted(name, allowed));
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(scalar.getValue()));
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            note(value, "%s is \"%s\", expected %s".formatted(name, scalar.getValue(), allowed));
            return Optional.empty();
        }
    }

    private void note(Node where, String mistake) {
        mistakes.add("%s%s: %s".formatted(file, at(where.getStartMark()), mistake));
    }

    private static String first(Node node) {
        return node.getStartMark()
                .map(mark -> ", first in line " + (mark.getLine() + 1))
                .orElse("");
    }

    private static String at(Optional<Mark> mark) {
        return mark.map(found -> " line %d, column %d".formatted(found.getLine() + 1, found.getColumn() + 1))
                .orElse("");
    }
}
