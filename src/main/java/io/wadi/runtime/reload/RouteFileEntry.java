package io.wadi.runtime.reload;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One entry of a route file's list.
 *
 * @param file the file's name
 * @param node where it stands
 * @param kind the entry's word, such as {@code route}, without hyphens and in small letters
 * @param id what its {@code id} says; empty where it has none
 * @param content what it says, whatever its layout and comments
 * @param lastLine the last line that belongs to it, from 1
 */
record RouteFileEntry(String file, Node node, String kind, String id, Object content, int lastLine) {
    private static final Pattern KAFKA = Pattern.compile("kafka(:.*)?");
    private static final String ROUTE = "route";
    private static final String CONFIGURATION = "routeconfiguration";
    private static final String TEMPLATE = "routetemplate";
    private static final String OF_TEMPLATE = "templatedroute";
    private static final String PARAMETERS = "parameters";
    /** What is shorter names nothing in an exception's words. */
    private static final int SHORTEST_WORD = 3;

    private static final Pattern MEANT = Pattern.compile("; did you mean [^?]*\\?");
    private static final Pattern PARAMETER_IN_ADDRESS = Pattern.compile("[?&]([\\w.-]+)=");

    static RouteFileEntry of(String file, Node node, Object content, int lastLine) {
        String kind = "";
        String id = "";
        if (node instanceof MappingNode mapping && mapping.getValue().size() == 1) {
            NodeTuple only = mapping.getValue().get(0);
            kind = scalar(only.getKeyNode()).orElse("").replace("-", "").toLowerCase(Locale.ROOT);
            id = field(only.getValueNode(), kind.equals(OF_TEMPLATE) ? "routeId" : "id");
        }
        return new RouteFileEntry(file, node, kind, id, content, lastLine);
    }

    private static Optional<String> scalar(Node node) {
        return node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
    }

    private static String field(Node node, String name) {
        return child(node, name).flatMap(RouteFileEntry::scalar).orElse("");
    }

    private static Optional<Node> child(Node node, String name) {
        if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream()
                    .filter(field -> scalar(field.getKeyNode()).orElse("").equals(name))
                    .map(NodeTuple::getValueNode)
                    .findFirst();
        }
        return Optional.empty();
    }

    /** What stands below its word. */
    private Optional<Node> body() {
        return node instanceof MappingNode mapping
                ? Optional.of(mapping.getValue().get(0).getValueNode())
                : Optional.empty();
    }

    boolean isRoute() {
        return (kind.equals(ROUTE) || isOfTemplate()) && !id.isEmpty();
    }

    /** Whether it is a route that is made of a template. */
    boolean isOfTemplate() {
        return kind.equals(OF_TEMPLATE);
    }

    boolean isTemplate() {
        return kind.equals(TEMPLATE) && !id.isEmpty();
    }

    /** What it is known by: a route is one, whether it is made of a template or not. */
    String name() {
        return (isRoute() ? ROUTE : kind) + " " + id;
    }

    boolean isConfiguration() {
        return kind.equals(CONFIGURATION) && !id.isEmpty();
    }

    /** Whether it can change while routes run. */
    boolean isLive() {
        return isRoute() || isConfiguration() || isTemplate();
    }

    /** The template that it is made of; empty where it is not. */
    String template() {
        return isOfTemplate()
                ? body().map(body -> field(body, "routeTemplateRef")).orElse("")
                : "";
    }

    /**
     * A parameter of a template, or of a route that is made of one.
     *
     * @param isNeeded whether such a route has to give it
     */
    record Parameter(String name, boolean isNeeded, int line) {}

    /** Those of a template, or of a route that is made of one. */
    List<Parameter> parameters() {
        return body().flatMap(body -> child(body, PARAMETERS))
                .filter(SequenceNode.class::isInstance)
                .map(list -> ((SequenceNode) list)
                        .getValue().stream()
                                .map(each -> new Parameter(
                                        field(each, "name"),
                                        child(each, "defaultValue").isEmpty()
                                                && !field(each, "required").equals("false"),
                                        line(each)))
                                .toList())
                .orElse(List.of());
    }

    /** Whether it is a flow, or makes flows: it takes records, and nobody waits for it. */
    boolean readsKafka() {
        return body().map(body -> child(body, ROUTE).orElse(body))
                .flatMap(body -> child(body, "from"))
                .map(from -> field(from, "uri"))
                .filter(uri -> KAFKA.matcher(uri).matches())
                .isPresent();
    }

    /** From 1. */
    int line() {
        return line(node);
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    /** Where it stands, for a person: file and line. */
    String at() {
        return at(line());
    }

    /** Where a line of it stands. */
    String at(int line) {
        return file + ":" + line;
    }

    /**
     * Where the part of it stands that a message is about: the longest word of it that the message has, or the address that has such a
     * parameter, or its beginning.
     */
    String at(String message) {
        String found = MEANT.matcher(message).replaceAll("");
        List<ScalarNode> words = new ArrayList<>();
        gather(node, words);
        return words.stream()
                .filter(word -> !word.getValue().equals(id) && found.contains(named(word)))
                .filter(word -> named(word).length() >= SHORTEST_WORD)
                .max(Comparator.comparingInt(word -> named(word).length()))
                .or(() ->
                        words.stream().filter(word -> hasParameter(word, found)).findFirst())
                .map(word -> at(line(word)))
                .orElse(at());
    }

    private static boolean hasParameter(ScalarNode address, String message) {
        Set<String> words = new HashSet<>(Arrays.asList(message.split("[^\\w.-]+", -1)));
        return PARAMETER_IN_ADDRESS
                .matcher(address.getValue())
                .results()
                .anyMatch(parameter -> words.contains(parameter.group(1)));
    }

    /** A word of it, and the one that it stands below; that is empty at the top. */
    record Word(String name, String below, int line) {}

    /** All words of this name. */
    List<Word> words(String name) {
        List<Word> found = new ArrayList<>();
        gather(node, "", name, found);
        return found;
    }

    private static void gather(Node node, String below, String name, List<Word> into) {
        if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(each -> gather(each, below, name, into));
        } else if (node instanceof MappingNode mapping) {
            for (NodeTuple field : mapping.getValue()) {
                String word = scalar(field.getKeyNode()).orElse("");
                if (word.equals(name)) {
                    into.add(new Word(name, below, line(field.getKeyNode())));
                }
                gather(field.getValueNode(), word, name, into);
            }
        }
    }

    /** The name of a property; of an address with one its scheme: a message shows it with the property's value. */
    private static String named(ScalarNode word) {
        return word.getValue().replaceFirst("^\\{\\{([\\w.-]+)}}$", "$1").replaceFirst("^([\\w-]+:).*\\{\\{.*", "$1");
    }

    private static void gather(Node node, List<ScalarNode> into) {
        if (node instanceof ScalarNode scalar) {
            into.add(scalar);
        } else if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(each -> gather(each, into));
        } else if (node instanceof MappingNode mapping) {
            for (NodeTuple field : mapping.getValue()) {
                gather(field.getKeyNode(), into);
                gather(field.getValueNode(), into);
            }
        }
    }

    /** The configurations that it names; none where it names none, or by a pattern. */
    List<String> configurations() {
        String named = body().map(body -> child(body, ROUTE).orElse(body))
                .map(body -> field(body, "routeConfigurationId"))
                .orElse("");
        return Arrays.stream(named.split(",", -1))
                .map(String::strip)
                .filter(id -> id.matches("[\\w-]+"))
                .toList();
    }

    /** Whether one of its steps says this, as the value of that field. */
    boolean says(String field, String value) {
        return says(node, field, value);
    }

    private static boolean says(Node node, String field, String value) {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream().anyMatch(each -> says(each, field, value));
        }
        if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream()
                    .anyMatch(each -> (scalar(each.getKeyNode()).orElse("").equals(field)
                                    && scalar(each.getValueNode()).orElse("").equals(value))
                            || says(each.getValueNode(), field, value));
        }
        return false;
    }
}
