package io.wadi.runtime.shutdown;

import io.wadi.kafka.Intercepted;
import io.wadi.kafka.Placeholders;
import io.wadi.kafka.topics.EndpointTopics;
import io.wadi.kafka.topics.LinkedEndpoint;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Processor;
import org.apache.camel.Service;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.model.DynamicRouterDefinition;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RoutingSlipDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.processor.errorhandler.RedeliveryErrorHandler;
import org.apache.camel.spi.InterceptSendToEndpoint;
import org.apache.camel.spi.RouteStartupOrder;
import org.apache.camel.support.service.ServiceHelper;

/** Determines the inputs and outputs of routes from their endpoints. */
final class RouteFlows {
    private static final Set<String> INTERNAL = Set.of("direct", "seda");
    private static final String ANY_TOPIC = "kafka" + RouteFlow.ANY;
    /** The outputs of a step that may send to any endpoint. */
    private static final Set<String> ANY_ENDPOINT = Set.of(ANY_TOPIC, "direct" + RouteFlow.ANY, "seda" + RouteFlow.ANY);

    /** The steps other than {@code toD} that find their endpoints at runtime. */
    private static final List<Class<? extends ExpressionNode>> DYNAMIC = List.of(
            RecipientListDefinition.class,
            RoutingSlipDefinition.class,
            DynamicRouterDefinition.class,
            EnrichDefinition.class);

    private RouteFlows() {}

    /**
     * Returns the flow of a route. A route with an external input (HTTP, a timer) may write to any topic, since its
     * processors choose the topic.
     */
    static RouteFlow of(CamelContext context, RouteStartupOrder order) {
        Set<String> reads = new HashSet<>();
        Set<String> feeds = new HashSet<>();
        Endpoint input = Intercepted.original(order.getInput().getEndpoint());
        addEndpoint(reads, input);
        if (input instanceof LinkedEndpoint linked) {
            reads.addAll(linked.reads());
            feeds.addAll(linked.feeds());
        }
        if (reads.isEmpty()) {
            feeds.add(ANY_TOPIC);
        }
        Set<Endpoint> visited = new HashSet<>();
        order.getServices().forEach(service -> addOutputs(feeds, service, visited));
        addDynamic(feeds, context, order);
        return new RouteFlow(order.getRoute().getId(), reads, feeds);
    }

    private static void addOutputs(Set<String> feeds, Service service, Set<Endpoint> visited) {
        for (Service child : ServiceHelper.getChildServices(service, true)) {
            if (child instanceof RedeliveryErrorHandler handler && handler.getDeadLetterUri() != null) {
                addDynamic(feeds, handler.getDeadLetterUri());
            }
            if (child instanceof EndpointAware sending
                    && !(child instanceof Consumer)
                    && visited.add(sending.getEndpoint())) {
                addOutput(feeds, sending.getEndpoint(), visited);
            }
        }
    }

    private static void addOutput(Set<String> feeds, Endpoint endpoint, Set<Endpoint> visited) {
        if (endpoint instanceof InterceptSendToEndpoint intercepted) {
            for (Processor steps : new Processor[] {intercepted.getBefore(), intercepted.getAfter()}) {
                if (steps instanceof Service service) {
                    addOutputs(feeds, service, visited);
                }
            }
        }
        Endpoint original = Intercepted.original(endpoint);
        addEndpoint(feeds, original);
        if (original instanceof LinkedEndpoint linked) {
            feeds.addAll(linked.feeds());
        }
    }

    private static void addEndpoint(Set<String> names, Endpoint endpoint) {
        if (endpoint instanceof KafkaEndpoint) {
            EndpointTopics topics = EndpointTopics.of(endpoint);
            topics.names().forEach(topic -> names.add(RouteFlow.KAFKA + topic));
            if (!topics.pattern().isEmpty()) {
                names.add(RouteFlow.PATTERN + topics.pattern());
            }
        } else if (endpoint != null && isInternal(endpoint.getEndpointBaseUri())) {
            names.add(endpoint.getEndpointBaseUri().replace("://", ":"));
        }
    }

    private static boolean isInternal(String uri) {
        return INTERNAL.contains(uri.substring(0, Math.max(0, uri.indexOf(':'))));
    }

    /** Adds the outputs of steps that find their endpoints at runtime. */
    private static void addDynamic(Set<String> feeds, CamelContext context, RouteStartupOrder order) {
        RouteDefinition route = context instanceof ModelCamelContext model
                ? model.getRouteDefinition(order.getRoute().getId())
                : null;
        if (route == null) {
            return;
        }
        ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDynamicDefinition.class)
                .forEach(step -> addDynamic(feeds, context, route, step.getUri()));
        for (Class<? extends ExpressionNode> each : DYNAMIC) {
            if (!ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), each)
                    .isEmpty()) {
                feeds.addAll(ANY_ENDPOINT);
            }
        }
    }

    private static void addDynamic(Set<String> feeds, CamelContext context, RouteDefinition route, String uri) {
        // An unknown placeholder, such as the name of a template's bean, counts as an expression: a stop never fails.
        addDynamic(feeds, Placeholders.resolve(context, route, uri).orElseGet(() -> uri.replace("{{", "${")));
    }

    /**
     * Adds the output of a {@code toD} step. An expression may evaluate to any name; at the beginning, to any URI.
     */
    private static void addDynamic(Set<String> feeds, String uri) {
        String name = uri.replaceFirst("\\?.*", "").replaceFirst("://", ":");
        String scheme = name.substring(0, Math.max(0, name.indexOf(':')));
        if (name.startsWith("${")) {
            feeds.addAll(ANY_ENDPOINT);
        } else if (uri.startsWith(RouteFlow.KAFKA) || isInternal(uri)) {
            feeds.add(name.contains("${") ? scheme + RouteFlow.ANY : name);
        }
    }
}
