package io.wadi.kafka.targets;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Route;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;

/** Finds this process' routes from a topic to a target. */
public final class ConsumingRoutes {
    private ConsumingRoutes() {}

    /** The consumer group and the endpoint of a route. */
    public record Found<E>(String group, E target) {}

    /** Returns the first route that reads the topic, by name or pattern, and has a step to this type of endpoint. */
    public static <E extends Endpoint> Optional<Found<E>> find(CamelContext context, String topic, Class<E> type) {
        return context.getRoutes().stream()
                .filter(route ->
                        route.getEndpoint() instanceof KafkaEndpoint input && reads(input.getConfiguration(), topic))
                .flatMap(route -> targets(route, type)
                        .map(target -> new Found<>(
                                ((KafkaEndpoint) route.getEndpoint())
                                        .getConfiguration()
                                        .getGroupId(),
                                target)))
                .findFirst();
    }

    private static boolean reads(KafkaConfiguration input, String topic) {
        return input.isTopicIsPattern()
                ? topic.matches(input.getTopic())
                : Arrays.asList(input.getTopic().trim().split(" *, *")).contains(topic);
    }

    private static <E extends Endpoint> Stream<E> targets(Route route, Class<E> type) {
        return route.filter("*").stream()
                .filter(step -> step instanceof EndpointAware to && type.isInstance(to.getEndpoint()))
                .map(step -> type.cast(((EndpointAware) step).getEndpoint()));
    }
}
