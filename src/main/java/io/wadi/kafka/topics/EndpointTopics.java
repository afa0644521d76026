package io.wadi.kafka.topics;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.camel.Endpoint;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;

/**
 * The topics of an endpoint, of Kafka's component or of one that is {@link LinkedEndpoint}: those that are read from it where it is a
 * route's input, those that are written where records are sent to it.
 *
 * @param names in the order in which it names them; empty where it takes them by a pattern
 * @param pattern the expression that their names match; empty where it names them
 * @param group that reads them; empty where there is none
 */
public record EndpointTopics(List<String> names, String pattern, String group) {
    private static final EndpointTopics NONE = new EndpointTopics(List.of(), "", "");

    /** What this endpoint says; nothing where it has to do with no topic. */
    public static EndpointTopics of(Endpoint endpoint) {
        if (endpoint instanceof KafkaEndpoint kafka) {
            KafkaConfiguration configuration = kafka.getConfiguration();
            String group = Objects.requireNonNullElse(configuration.getGroupId(), "");
            return configuration.isTopicIsPattern()
                    ? new EndpointTopics(List.of(), configuration.getTopic(), group)
                    : new EndpointTopics(names(configuration.getTopic()), "", group);
        }
        return endpoint instanceof LinkedEndpoint feeding
                ? new EndpointTopics(
                        feeding.reads().stream()
                                .filter(place -> place.startsWith(LinkedEndpoint.TOPIC))
                                .map(place -> place.substring(LinkedEndpoint.TOPIC.length()))
                                .sorted()
                                .toList(),
                        "",
                        feeding.group())
                : NONE;
    }

    private static List<String> names(String list) {
        return Arrays.stream(list.split(",", -1)).map(String::strip).toList();
    }
}
