package io.wadi.runtime.shutdown;

import io.wadi.kafka.topics.EndpointTopics;
import io.wadi.kafka.topics.LinkedEndpoint;
import java.util.HashSet;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Service;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.spi.RouteStartupOrder;
import org.apache.camel.support.service.ServiceHelper;

/** What routes read and feed, as their endpoints say. */
final class RouteFlows {
    private static final Set<String> WITHIN = Set.of("direct", "seda");

    private RouteFlows() {}

    /**
     * What a route reads and feeds. One whose work comes from outside of Kafka and of other routes (HTTP, a timer) may feed any
     * topic, since its processors say which.
     */
    static RouteFlow of(CamelContext context, RouteStartupOrder order) {
        Set<String> reads = new HashSet<>();
        Set<String> feeds = new HashSet<>();
        Endpoint input = order.getInput().getEndpoint();
        addPlaces(reads, input);
        if (input instanceof LinkedEndpoint feeding) {
            reads.addAll(feeding.reads());
            feeds.addAll(feeding.feeds());
        }
        if (reads.isEmpty()) {
            feeds.add(RouteFlow.ANY_TOPIC);
        }
        for (Service service : order.getServices()) {
            for (Service child : ServiceHelper.getChildServices(service)) {
                if (child instanceof EndpointAware sending && !(child instanceof Consumer)) {
                    addFed(feeds, sending.getEndpoint());
                }
            }
        }
        addDynamic(feeds, context, order);
        return new RouteFlow(order.getRoute().getId(), reads, feeds);
    }

    private static void addFed(Set<String> feeds, Endpoint endpoint) {
        addPlaces(feeds, endpoint);
        if (endpoint instanceof LinkedEndpoint feeding) {
            feeds.addAll(feeding.feeds());
        }
    }

    private static void addPlaces(Set<String> places, Endpoint endpoint) {
        if (endpoint instanceof KafkaEndpoint) {
            EndpointTopics topics = EndpointTopics.of(endpoint);
            topics.names().forEach(topic -> places.add(RouteFlow.KAFKA + topic));
            if (!topics.pattern().isEmpty()) {
                places.add(RouteFlow.PATTERN + topics.pattern());
            }
        } else if (endpoint != null && isWithin(endpoint.getEndpointBaseUri())) {
            places.add(endpoint.getEndpointBaseUri().replace("://", ":"));
        }
    }

    private static boolean isWithin(String uri) {
        return WITHIN.contains(uri.substring(0, Math.max(0, uri.indexOf(':'))));
    }

    /** Where a step says at each record anew where it goes, that may be any topic. */
    private static void addDynamic(Set<String> feeds, CamelContext context, RouteStartupOrder order) {
        RouteDefinition route = context instanceof ModelCamelContext model
                ? model.getRouteDefinition(order.getRoute().getId())
                : null;
        if (route != null) {
            ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDynamicDefinition.class).stream()
                    .map(step -> context.resolvePropertyPlaceholders(step.getUri()))
                    .forEach(uri -> addDynamic(feeds, uri));
        }
    }

    private static void addDynamic(Set<String> feeds, String uri) {
        if (!uri.startsWith(RouteFlow.KAFKA) && !isWithin(uri)) {
            return;
        }
        String place = uri.replaceFirst("\\?.*", "").replaceFirst("://", ":");
        if (!place.contains("${")) {
            feeds.add(place);
        } else if (uri.startsWith(RouteFlow.KAFKA)) {
            feeds.add(RouteFlow.ANY_TOPIC);
        }
    }
}
