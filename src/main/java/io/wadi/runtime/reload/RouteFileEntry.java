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
import java.util.stream.Stream;
import org.apache.camel.support.PatternHelper;
import org.apache.camel.util.StringHelper;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One entry of a route file's list.
 *
 * @param kind the entry's key, such as {@code route}, in lower case without hyphens
 * @param id the value of its {@code id}; empty if it has none
 * @param content the parsed content, without layout and comments
 * @param lastLine the last line of the entry, from 1
 */
record RouteFileEntry(String file, Node node, String kind, String id, Object content, int lastLine) {
    private static final Pattern KAFKA = Pattern.compile("kafka(:.*)?");
    private static final String ROUTE = "route";
    private static final String FROM = "from";
    private static final String CONFIGURATION = "routeconfiguration";
    private static final String TEMPLATE = "routetemplate";
    private static final String OF_TEMPLATE = "templatedroute";
    private static final String PARAMETERS = "parameters";
    /** Not interceptSendToEndpoint, which Camel applies to endpoints of the context, also to later ones. */
    private static final Set<String> OF_FILE = Set.of("intercept", "interceptfrom", "oncompletion", "onexception");

    /** The minimum length of a scalar that is searched for in a message. */
    private static final int MIN_SCALAR_LENGTH = 3;

    private static final Pattern SUGGESTION = Pattern.compile("; did you mean [^?]*\\?");
    private static final Pattern URI_PARAMETER = Pattern.compile("[?&]([\\w.-]+)=");

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

    /** Returns the value of a key, which Camel also accepts in kebab case. */
    private static Optional<Node> child(Node node, String name) {
        if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream()
                    .filter(field -> scalar(field.getKeyNode())
                            .map(StringHelper::dashToCamelCase)
                            .filter(name::equals)
                            .isPresent())
                    .map(NodeTuple::getValueNode)
                    .findFirst();
        }
        return Optional.empty();
    }

    /** Returns the node below the entry's key. */
    private Optional<Node> body() {
        return node instanceof MappingNode mapping
                ? Optional.of(mapping.getValue().get(0).getValueNode())
                : Optional.empty();
    }

    /** Returns whether this is a route with the same id in the context, where a placeholder would be resolved. */
    boolean isRoute() {
        return (kind.equals(ROUTE) || isOfTemplate()) && !id.isEmpty() && !id.contains("{{");
    }

    /** Returns whether this entry is a templated route. */
    boolean isOfTemplate() {
        return kind.equals(OF_TEMPLATE);
    }

    boolean lacksInput() {
        return kind.equals(ROUTE) && body().flatMap(body -> child(body, FROM)).isEmpty();
    }

    boolean isTemplate() {
        return kind.equals(TEMPLATE) && !id.isEmpty();
    }

    /** Returns the unique name: kind and id. The kind of a templated route is {@code route}, too. */
    String name() {
        return (isRoute() ? ROUTE : kind) + " " + id;
    }

    boolean isConfiguration() {
        return kind.equals(CONFIGURATION) && !id.isEmpty();
    }

    /** Returns whether Camel applies this entry to the routes of its file. */
    boolean isOfFile() {
        return OF_FILE.contains(kind);
    }

    /** Returns whether this is a configuration of a route that has an {@code interceptSendToEndpoint}. */
    boolean interceptsEndpointsOf(RouteFileEntry route) {
        return kind.equals(CONFIGURATION)
                && !keys("interceptSendToEndpoint").isEmpty()
                && route.refersTo(id.isEmpty() ? "*" : id);
    }

    /** Returns whether this entry can change at run time. */
    boolean isLive() {
        return isRoute() || isConfiguration() || isTemplate();
    }

    /** Returns the id of the template of a templated route; otherwise empty. */
    String template() {
        return isOfTemplate()
                ? body().map(body -> field(body, "routeTemplateRef")).orElse("")
                : "";
    }

    /**
     * A parameter of a template or of a templated route.
     *
     * @param isNeeded whether the template requires it
     */
    record Parameter(String name, boolean isNeeded, int line) {}

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

    /** Returns whether the route, or the routes of the template, read Kafka. */
    boolean readsKafka() {
        return body().map(body -> child(body, ROUTE).orElse(body))
                .flatMap(body -> child(body, FROM))
                .map(from -> field(from, "uri"))
                .filter(uri -> KAFKA.matcher(uri).matches())
                .isPresent();
    }

    /** Returns the first line, from 1. */
    int line() {
        return line(node);
    }

    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    /** Returns file and line for messages. */
    String at() {
        return at(line());
    }

    String at(int line) {
        return file + ":" + line;
    }

    /**
     * Returns file and line of the part of the entry that an error message refers to. This is the longest scalar that
     * the message contains, otherwise a URI with a parameter that it contains, otherwise the beginning of the entry.
     */
    String at(String message) {
        String text = SUGGESTION.matcher(message).replaceAll("");
        List<ScalarNode> scalars = new ArrayList<>();
        gather(node, scalars);
        return scalars.stream()
                .filter(each -> !each.getValue().equals(id) && text.contains(nameIn(each)))
                .filter(each -> nameIn(each).length() >= MIN_SCALAR_LENGTH)
                .max(Comparator.comparingInt(each -> nameIn(each).length()))
                .or(() -> scalars.stream()
                        .filter(each -> hasParameter(each, text))
                        .findFirst())
                .map(each -> at(line(each)))
                .orElse(at());
    }

    private static boolean hasParameter(ScalarNode uri, String message) {
        Set<String> words = new HashSet<>(Arrays.asList(message.split("[^\\w.-]+", -1)));
        return URI_PARAMETER
                .matcher(uri.getValue())
                .results()
                .anyMatch(parameter -> words.contains(parameter.group(1)));
    }

    /** A YAML key and its parent key, which is empty at the top level. */
    record Key(String name, String parent, int line) {}

    /** Returns the first key without a value; empty if there is none. */
    Optional<Key> emptyKey() {
        return emptyKey(node);
    }

    private static Optional<Key> emptyKey(Node node) {
        if (node instanceof SequenceNode list) {
            return list.getValue().stream()
                    .flatMap(each -> emptyKey(each).stream())
                    .findFirst();
        }
        return node instanceof MappingNode mapping
                ? mapping.getValue().stream()
                        .flatMap(field -> field.getValueNode().getTag().equals(Tag.NULL)
                                ? scalar(field.getKeyNode())
                                        .map(name -> new Key(name, "", line(field.getKeyNode())))
                                        .stream()
                                : emptyKey(field.getValueNode()).stream())
                        .findFirst()
                : Optional.empty();
    }

    boolean hasScalar(String value) {
        List<ScalarNode> scalars = new ArrayList<>();
        gather(node, scalars);
        return scalars.stream().anyMatch(each -> each.getValue().equals(value));
    }

    /** Returns all keys of this entry that have a name. */
    List<Key> keys(String name) {
        List<Key> found = new ArrayList<>();
        gather(node, "", name, found);
        return found;
    }

    private static void gather(Node node, String parent, String name, List<Key> into) {
        if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(each -> gather(each, parent, name, into));
        } else if (node instanceof MappingNode mapping) {
            for (NodeTuple field : mapping.getValue()) {
                String key = scalar(field.getKeyNode()).orElse("");
                if (key.equals(name) || StringHelper.dashToCamelCase(key).equals(name)) {
                    into.add(new Key(name, parent, line(field.getKeyNode())));
                }
                gather(field.getValueNode(), key, name, into);
            }
        }
    }

    /**
     * Returns the text of a scalar that messages contain: the name of a placeholder, or the scheme of a URI with
     * placeholders, since messages show their resolved values.
     */
    private static String nameIn(ScalarNode scalar) {
        return scalar.getValue().replaceFirst("^\\{\\{([\\w.-]+)}}$", "$1").replaceFirst("^([\\w-]+:).*\\{\\{.*", "$1");
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

    /** Returns the ids of the referenced configurations, without patterns. */
    List<String> configurations() {
        return references().filter(each -> each.matches("[\\w-]+")).toList();
    }

    /**
     * Returns whether this entry refers to a configuration, by its id or by a pattern. A placeholder may stand for any.
     * Camel applies the configuration with the id {@code *} to all routes that name none.
     */
    boolean refersTo(String configuration) {
        List<String> references = references().toList();
        return references.isEmpty()
                ? configuration.equals("*")
                : references.stream()
                        .anyMatch(each -> each.contains("{{") || PatternHelper.matchPattern(configuration, each));
    }

    private Stream<String> references() {
        String named = body().map(body -> child(body, ROUTE).orElse(body))
                .map(body -> field(body, "routeConfigurationId"))
                .orElse("");
        return Arrays.stream(named.split(",", -1)).map(String::strip).filter(each -> !each.isEmpty());
    }

    /** Returns whether a step refers to this bean. */
    boolean uses(String bean) {
        return uses(node, bean);
    }

    private static boolean uses(Node node, String bean) {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream().anyMatch(each -> uses(each, bean));
        }
        if (node instanceof MappingNode mapping) {
            return mapping.getValue().stream()
                    .anyMatch(each -> (scalar(each.getKeyNode()).orElse("").equals("ref")
                                    && scalar(each.getValueNode()).orElse("").equals(bean))
                            || uses(each.getValueNode(), bean));
        }
        return false;
    }
}
