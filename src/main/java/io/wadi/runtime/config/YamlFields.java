package io.wadi.runtime.config;

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
 * A mapping of a YAML file that is read word by word. A mistake is noted with its line and column, and reading goes on, so
 * that all of them are said at once. An empty value is as none.
 */
public final class YamlFields {
    private static final LoadSettings SETTINGS = LoadSettings.builder().build();

    private final String file;
    private final List<String> mistakes;
    private final String path;
    private final MappingNode node;
    private final Map<String, NodeTuple> given = new LinkedHashMap<>();
    private final List<String> known = new ArrayList<>();

    private YamlFields(String file, List<String> mistakes, String path, MappingNode node) {
        this.file = file;
        this.mistakes = mistakes;
        this.path = path;
        this.node = node;
        node.getValue().forEach(this::take);
    }

    /**
     * The mapping that a file consists of.
     *
     * @param file its name, for the mistakes
     * @param yaml what stands in it
     * @param mistakes where mistakes are noted, a line each, from now on
     * @return nothing where it is no YAML, or no mapping: noted
     */
    public static Optional<YamlFields> of(String file, String yaml, List<String> mistakes) {
        try {
            Optional<Node> root = new Compose(SETTINGS).composeString(yaml);
            if (root.isPresent() && root.get() instanceof MappingNode mapping) {
                return Optional.of(new YamlFields(file, mistakes, "", mapping));
            }
            mistakes.add(file + " is no mapping of words to values");
        } catch (MarkedYamlEngineException e) {
            mistakes.add("%s%s: %s".formatted(file, at(e.getProblemMark()), e.getProblem()));
        } catch (YamlEngineException e) {
            mistakes.add("%s: %s".formatted(file, e.getMessage()));
        }
        return Optional.empty();
    }

    private void take(NodeTuple field) {
        NodeTuple before = given.putIfAbsent(word(field), field);
        if (before != null) {
            note(
                    field.getKeyNode(),
                    "%s%s stands there twice%s".formatted(path, word(field), first(before.getKeyNode())));
        }
    }

    /** Keys that are no scalars the library refuses. */
    private static String word(NodeTuple field) {
        return ((ScalarNode) field.getKeyNode()).getValue();
    }

    /** Whether a word stands there with a value. */
    public boolean has(String word) {
        return node(word).isPresent();
    }

    /** The words that stand there, in the file's order, also those without a value. */
    public List<String> words() {
        return List.copyOf(given.keySet());
    }

    /** Whether a word stands there with a value that is neither a list nor a mapping. */
    public boolean isPlain(String word) {
        return node(word).filter(ScalarNode.class::isInstance).isPresent();
    }

    /**
     * A value, or the fallback where there is none, or a mistake.
     *
     * @param allowed the allowed values in words
     * @param parser turns the text into the value; throws {@link IllegalArgumentException} where it is not allowed
     */
    public <T> T value(String word, String allowed, T fallback, Function<String, T> parser) {
        return node(word)
                .flatMap(value -> parse(path + word, value, allowed, parser))
                .orElse(fallback);
    }

    /** A value that has to be there; nothing where there is none, or a mistake. */
    public <T> Optional<T> required(String word, String allowed, Function<String, T> parser) {
        Optional<Node> value = node(word);
        if (value.isEmpty()) {
            note(node, "%s%s is missing, allowed is %s".formatted(path, word, allowed));
        }
        return value.flatMap(found -> parse(path + word, found, allowed, parser));
    }

    /** The values of a list, or the fallback where it is not there; an empty list is a mistake. */
    public <T> List<T> values(String word, String allowed, List<T> fallback, Function<String, T> parser) {
        Optional<Node> list = node(word);
        List<Node> items = items(word).toList();
        if (items.isEmpty()) {
            list.filter(SequenceNode.class::isInstance)
                    .ifPresent(empty -> note(empty, "%s%s is empty, allowed is %s".formatted(path, word, allowed)));
        }
        return list.isEmpty()
                ? fallback
                : items.stream()
                        .flatMap(item -> parse(path + word, item, allowed, parser).stream())
                        .toList();
    }

    /** The values of a list that has to be there; none where it is not there or empty, which is noted. */
    public <T> List<T> requiredValues(String word, String allowed, Function<String, T> parser) {
        if (node(word).isEmpty()) {
            note(node, "%s%s is missing, allowed is %s".formatted(path, word, allowed));
        }
        return values(word, allowed, List.of(), parser);
    }

    /**
     * The mappings of a list that has to be there.
     *
     * @param label the word whose value names a mapping in mistakes
     */
    public List<YamlFields> mappings(String word, String label) {
        if (node(word).isEmpty()) {
            note(node, "%s%s is missing, allowed is a list".formatted(path, word));
        }
        return items(word)
                .flatMap(item -> asMapping(path + word, item).stream())
                .map(item -> new YamlFields(file, mistakes, path + label(item, label), item))
                .toList();
    }

    private static String label(MappingNode mapping, String word) {
        return mapping.getValue().stream()
                .filter(field -> word(field).equals(word))
                .map(field -> field.getValueNode() instanceof ScalarNode name ? name.getValue() + ": " : "")
                .findFirst()
                .orElse("");
    }

    /** A mapping in this one. */
    public Optional<YamlFields> mapping(String word) {
        return node(word)
                .flatMap(value -> asMapping(path + word, value))
                .map(value -> new YamlFields(file, mistakes, path + word + ".", value));
    }

    private Optional<MappingNode> asMapping(String name, Node value) {
        if (value instanceof MappingNode mapping) {
            return Optional.of(mapping);
        }
        note(value, name + " is no mapping of words to values");
        return Optional.empty();
    }

    /** The names and values of a mapping whose names are free, in the file's order; none where it is not there. */
    public <T> Map<String, T> free(String word, String allowed, Function<String, T> parser) {
        Map<String, T> values = new LinkedHashMap<>();
        mapping(word)
                .ifPresent(fields -> fields.given.forEach(
                        (name, field) -> fields.parse(fields.path + name, field.getValueNode(), allowed, parser)
                                .ifPresent(value -> values.put(name, value))));
        return values;
    }

    /** Notes what is wrong with a word's value, which was read. */
    public void refuse(String word, String mistake) {
        note(node(word).orElse(node), path + word + " " + mistake);
    }

    /** Notes what is wrong with the mapping as a whole. */
    public void refuse(String mistake) {
        note(node, path.endsWith(".") ? path.substring(0, path.length() - 1) + " " + mistake : path + mistake);
    }

    /** Where it begins, for mistakes elsewhere: the line, counted from 1. */
    public int line() {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    /** Notes every word that was not asked for until now. */
    public void end() {
        given.forEach((word, field) -> {
            if (!known.contains(word)) {
                String meant = NearestName.to(word, known)
                        .map(near -> "did you mean " + near + "?")
                        .orElse("allowed are " + String.join(", ", known));
                note(field.getKeyNode(), "%s%s: there is no such word; %s".formatted(path, word, meant));
            }
        });
    }

    private Optional<Node> node(String word) {
        if (!known.contains(word)) {
            known.add(word);
        }
        return Optional.ofNullable(given.get(word))
                .map(NodeTuple::getValueNode)
                .filter(value -> !value.getTag().equals(Tag.NULL));
    }

    private Stream<Node> items(String word) {
        return node(word).stream().flatMap(value -> {
            if (value instanceof SequenceNode list) {
                return list.getValue().stream();
            }
            note(value, "%s%s is no list".formatted(path, word));
            return Stream.of();
        });
    }

    private <T> Optional<T> parse(String name, Node value, String allowed, Function<String, T> parser) {
        if (!(value instanceof ScalarNode scalar)) {
            note(value, "%s is a list or a mapping, allowed is %s".formatted(name, allowed));
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(scalar.getValue()));
        } catch (IllegalArgumentException | ArithmeticException e) {
            note(value, "%s is \"%s\", allowed is %s".formatted(name, scalar.getValue(), allowed));
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
