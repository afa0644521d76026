package io.wadi.management.connectors;

import io.wadi.kafka.Intercepted;
import io.wadi.kafka.Placeholders;
import io.wadi.kafka.ReplacedRoutes;
import io.wadi.kafka.topics.EndpointTopics;
import io.wadi.kafka.topics.LinkedEndpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
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
 * Finds the routes that read or write Kafka. A route that reads Kafka is a sink; any other route that sends records to
 * Kafka is a source. Thread-safe.
 */
final class Connectors {
    private static final String KAFKA = "kafka:";

    private final ModelCamelContext context;
    private final ConnectApi.Dependencies needed;
    /** The connectors of routes that are in use; empty for routes that are none. */
    private final Map<Route, Optional<Connector>> cache = new WeakHashMap<>();

    Connectors(ModelCamelContext context, ConnectApi.Dependencies needed) {
        this.context = context;
        this.needed = needed;
    }

    /** Returns all connectors, sorted by name. */
    List<Connector> all() {
        return context.getRoutes().stream()
                .map(this::of)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(Connector::name))
                .toList();
    }

    Optional<Connector> find(String name) {
        Route route = context.getRoute(name);
        return route == null ? Optional.empty() : of(route);
    }

    /** Returns whether the route of a connector may be missing because it is being replaced. */
    boolean isReplaced(String name) {
        return ReplacedRoutes.isReplaced(context, name);
    }

    private synchronized Optional<Connector> of(Route route) {
        return cache.computeIfAbsent(route, this::inspect);
    }

    private Optional<Connector> inspect(Route route) {
        RouteDefinition definition = context.getRouteDefinition(route.getRouteId());
        Endpoint input = Intercepted.original(route.getEndpoint());
        if (definition == null || input == null) {
            return Optional.empty();
        }
        List<String> read = EndpointTopics.of(input).names();
        if (input instanceof KafkaEndpoint || !read.isEmpty()) {
            return Optional.of(connector(route, Connector.Type.SINK, read));
        }
        List<ProcessorDefinition<?>> steps = definition.getOutputs();
        Set<String> written = writtenTopics(definition);
        written.addAll(linkedTopics(route));
        boolean ingests = all(steps, ProcessDefinition.class).stream()
                .anyMatch(step -> needed.ingestStep().get().equals(step.getRef()));
        if (ingests) {
            written.addAll(ingestTopics(definition));
        }
        return ingests || !written.isEmpty() || sendsToKafka(steps)
                ? Optional.of(connector(route, Connector.Type.SOURCE, List.copyOf(written)))
                : Optional.empty();
    }

    private Connector connector(Route route, Connector.Type type, List<String> topics) {
        Endpoint input = Intercepted.original(route.getEndpoint());
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
        putIfPresent(config, "description", route.getDescription());
        putIfPresent(config, "file", route.getSourceLocation());
        return new Connector(
                route.getRouteId(),
                type,
                plugin,
                topics,
                kafka == null ? "" : EndpointTopics.of(input).group(),
                threads,
                needed.pausesStarted().test(input),
                config);
    }

    private static void putIfPresent(Map<String, String> config, String name, String value) {
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

    /** Returns the topics that the endpoints of a route's steps declare. */
    private static List<String> linkedTopics(Route route) {
        return route.filter("*").stream()
                .map(step -> step instanceof EndpointAware to ? Intercepted.original(to.getEndpoint()) : null)
                .filter(LinkedEndpoint.class::isInstance)
                .flatMap(endpoint -> ((LinkedEndpoint) endpoint).feeds().stream())
                .filter(feed -> feed.startsWith(LinkedEndpoint.TOPIC))
                .map(feed -> feed.substring(LinkedEndpoint.TOPIC.length()))
                .toList();
    }

    /** Returns the topics that a route's steps send to, without topics that depend on the record. */
    private Set<String> writtenTopics(RouteDefinition route) {
        return addresses(route.getOutputs()).stream()
                .filter(address -> address.startsWith(KAFKA))
                .flatMap(address -> Placeholders.resolve(context, route, address).stream())
                .map(address -> address.substring(KAFKA.length())
                        .replaceFirst("^//", "")
                        .replaceFirst("\\?.*", ""))
                .filter(topic -> !topic.contains("${"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the topic that a step sets for all requests, or else all topics that requests may name. */
    private List<String> ingestTopics(RouteDefinition route) {
        return all(route.getOutputs(), SetPropertyDefinition.class).stream()
                .filter(step -> "topic".equals(step.getName()) && step.getExpression() != null)
                .flatMap(step -> Placeholders.resolve(
                        context, route, step.getExpression().getExpression())
                        .stream())
                .findFirst()
                .map(List::of)
                .orElseGet(needed.ingestTopics());
    }
}
