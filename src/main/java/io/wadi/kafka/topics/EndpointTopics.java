package io.wadi.kafka.topics;

import io.wadi.kafka.Intercepted;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Endpoint;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;

/**
 * The topics of a Kafka endpoint or {@link LinkedEndpoint}: those that a consumer reads, or that a producer writes.
 *
 * @param names in the endpoint's order; empty for a pattern
 * @param pattern the regular expression of names; empty for a list
 * @param group the consumer group; empty for none
 */
public record EndpointTopics(List<String> names, String pattern, String group) {
    private static final EndpointTopics NONE = new EndpointTopics(List.of(), "", "");

    /** Returns the topics of an endpoint; none for an endpoint of another kind. */
    public static EndpointTopics of(Endpoint endpoint) {
        Endpoint original = Intercepted.original(endpoint);
        if (original instanceof KafkaEndpoint kafka) {
            KafkaConfiguration configuration = kafka.getConfiguration();
            String group = Objects.requireNonNullElse(configuration.getGroupId(), "");
            return configuration.isTopicIsPattern()
                    ? new EndpointTopics(List.of(), configuration.getTopic(), group)
                    : new EndpointTopics(names(configuration.getTopic()), "", group);
        }
        return original instanceof LinkedEndpoint linked
                ? new EndpointTopics(
                        linked.reads().stream()
                                .filter(uri -> uri.startsWith(LinkedEndpoint.TOPIC))
                                .map(uri -> uri.substring(LinkedEndpoint.TOPIC.length()))
                                .sorted()
                                .toList(),
                        "",
                        linked.group())
                : NONE;
    }

    private static List<String> names(String list) {
        return Arrays.stream(list.split(",", -1)).map(String::strip).toList();
    }
}
