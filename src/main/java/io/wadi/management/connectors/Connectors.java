package io.wadi.management.connectors;

import io.wadi.kafka.topics.EndpointTopics;
import io.wadi.kafka.topics.LinkedEndpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Route;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.SetPropertyDefinition;
import org.apache.camel.model.ToDynamicDefinition;

/**
 * Finds the routes that read or write Kafka. One that reads Kafka is a sink, whatever it writes; any other that sends records to
 * Kafka is a source. Thread-safe.
 */
final class Connectors {
    private static final String KAFKA = "kafka:";

    private final ModelCamelContext context;
    private final Traits traits;
    /** What was found of routes that have not been replaced since. */
    private final Map<String, Known> known = new HashMap<>();

    private record Known(Route route, Optional<Connector> connector) {}

    /**
     * What cannot be seen in a route.
     *
     * @param keeper the step by which a route that takes requests keeps what they bring, in Kafka
     * @param takenTopics the topics that requests may name
     * @param keepsPlace whether a route with this input can pause as it is, started
     */
    record Traits(Supplier<String> keeper, Supplier<List<String>> takenTopics, Predicate<Endpoint> keepsPlace) {}

    Connectors(ModelCamelContext context, Traits traits) {
        this.context = context;
        this.traits = traits;
    }

    /** All there are, by name. */
    List<Connector> all() {
        return context.getRoutes().stream()
                .map(this::of)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(Connector::name))
                .toList();
    }

    /** The one of this name. */
    Optional<Connector> find(String name) {
        Route route = context.getRoute(name);
        return route == null ? Optional.empty() : of(route);
    }

    private synchronized Optional<Connector> of(Route route) {
        Known before = known.get(route.getRouteId());
        if (before != null && before.route().equals(route)) {
            return before.connector();
        }
        Optional<Connector> found = look(route);
        known.put(route.getRouteId(), new Known(route, found));
        return found;
    }

    private Optional<Connector> look(Route route) {
        RouteDefinition definition = context.getRouteDefinition(route.getRouteId());
        Endpoint input = route.getEndpoint();
        if (definition == null || input == null) {
            return Optional.empty();
        }
        List<String> read = EndpointTopics.of(input).names();
        if (input instanceof KafkaEndpoint || !read.isEmpty()) {
            return Optional.of(connector(route, Connector.Type.SINK, read));
        }
        List<ProcessorDefinition<?>> steps = definition.getOutputs();
        Set<String> fed = fed(steps);
        fed.addAll(fedByEndpoints(route));
        boolean keeps = all(steps, ProcessDefinition.class).stream()
                .anyMatch(step -> traits.keeper().get().equals(step.getRef()));
        if (keeps) {
            fed.addAll(kept(steps));
        }
        return keeps || !fed.isEmpty() || sendsToKafka(steps)
                ? Optional.of(connector(route, Connector.Type.SOURCE, List.copyOf(fed)))
                : Optional.empty();
    }

    private Connector connector(Route route, Connector.Type type, List<String> topics) {
        Endpoint input = route.getEndpoint();
        String plugin = input.getComponent().getClass().getName();
        KafkaConfiguration kafka = input instanceof KafkaEndpoint endpoint ? endpoint.getConfiguration() : null;
        int threads = kafka == null ? 1 : kafka.getConsumersCount();
        Map<String, String> config = new TreeMap<>(ConnectorConfig.of(input));
        config.put("name", route.getRouteId());
        config.put("connector.class", plugin);
        config.put("tasks.max", Integer.toString(threads));
        if (kafka != null && kafka.isTopicIsPattern()) {
            config.put("topics.regex", kafka.getTopic());
        } else if (type == Connector.Type.SINK) {
            config.put("topics", String.join(",", topics));
        }
        putIfThere(config, "description", route.getDescription());
        putIfThere(config, "file", route.getSourceLocation());
        return new Connector(
                route.getRouteId(),
                type,
                plugin,
                topics,
                kafka == null ? "" : EndpointTopics.of(input).group(),
                threads,
                traits.keepsPlace().test(input),
                config);
    }

    private static void putIfThere(Map<String, String> config, String name, String value) {
        if (value != null) {
            config.put(name, value);
        }
    }

    private static <S> Collection<S> all(List<ProcessorDefinition<?>> steps, Class<S> kind) {
        return ProcessorDefinitionHelper.filterTypeInOutputs(steps, kind);
    }

    private static List<String> addresses(List<ProcessorDefinition<?>> steps) {
        List<String> addresses = new ArrayList<>();
        all(steps, SendDefinition.class).forEach(step -> addresses.add(step.getEndpointUri()));
        all(steps, ToDynamicDefinition.class).forEach(step -> addresses.add(step.getUri()));
        return addresses;
    }

    private static boolean sendsToKafka(List<ProcessorDefinition<?>> steps) {
        return addresses(steps).stream().anyMatch(address -> address.startsWith(KAFKA));
    }

    /** Those that endpoints of its steps say to feed. */
    private static List<String> fedByEndpoints(Route route) {
        return route.filter("*").stream()
                .map(step -> step instanceof EndpointAware to ? to.getEndpoint() : null)
                .filter(LinkedEndpoint.class::isInstance)
                .flatMap(endpoint -> ((LinkedEndpoint) endpoint).feeds().stream())
                .filter(place -> place.startsWith(LinkedEndpoint.TOPIC))
                .map(place -> place.substring(LinkedEndpoint.TOPIC.length()))
                .toList();
    }

    /** Those that steps send to; not those that are only known at each record. */
    private Set<String> fed(List<ProcessorDefinition<?>> steps) {
        Set<String> topics = new TreeSet<>();
        for (String address : addresses(steps)) {
            if (address.startsWith(KAFKA)) {
                String topic = context.resolvePropertyPlaceholders(address)
                        .substring(KAFKA.length())
                        .replaceFirst("^//", "")
                        .replaceFirst("\\?.*", "");
                if (!topic.contains("${")) {
                    topics.add(topic);
                }
            }
        }
        return topics;
    }

    /** The one that a step sets for all requests, or all that they may name. */
    private List<String> kept(List<ProcessorDefinition<?>> steps) {
        return all(steps, SetPropertyDefinition.class).stream()
                .filter(step -> "topic".equals(step.getName()) && step.getExpression() != null)
                .map(step ->
                        context.resolvePropertyPlaceholders(step.getExpression().getExpression()))
                .findFirst()
                .map(List::of)
                .orElseGet(traits.takenTopics());
    }
}
