package io.wadi.kafka.targets;

import io.wadi.kafka.Intercepted;
import io.wadi.kafka.ReplacedRoutes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Route;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;

/**
 * A search for the routes of this process that lead from topics to a target, including routes that are being replaced.
 */
public final class ConsumingRoutes {
    private ConsumingRoutes() {}

    /**
     * A route's input, consumer group and target.
     *
     * @param topics the topics that the route reads; empty if it reads a pattern of topics
     */
    public record Found<E>(String route, KafkaConfiguration input, List<String> topics, E target) {
        public String group() {
            return input.getGroupId();
        }

        private boolean reads(String topic) {
            return input.isTopicIsPattern() ? topic.matches(input.getTopic()) : topics.contains(topic);
        }
    }

    /** Returns the routes that have a step to this type of endpoint. */
    public static <E extends Endpoint> List<Found<E>> all(CamelContext context, Class<E> type) {
        List<Found<E>> found = new ArrayList<>();
        for (Route route : ReplacedRoutes.all(context)) {
            if (Intercepted.original(route.getEndpoint()) instanceof KafkaEndpoint kafka) {
                KafkaConfiguration input = kafka.getConfiguration();
                List<String> topics = input.isTopicIsPattern()
                        ? List.of()
                        : List.of(input.getTopic().trim().split(" *, *"));
                route.filter("*").stream()
                        .map(step -> step instanceof EndpointAware to ? Intercepted.original(to.getEndpoint()) : null)
                        .filter(type::isInstance)
                        .map(type::cast)
                        .forEach(target -> found.add(new Found<>(route.getRouteId(), input, topics, target)));
            }
        }
        return found;
    }

    /** Returns the first of these routes that reads the topic, by name or pattern. */
    public static <E extends Endpoint> Optional<Found<E>> find(CamelContext context, String topic, Class<E> type) {
        return all(context, type).stream().filter(route -> route.reads(topic)).findFirst();
    }
}
