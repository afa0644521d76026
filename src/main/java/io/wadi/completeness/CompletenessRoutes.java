package io.wadi.completeness;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.completeness.CompletenessMonitor.Evaluated;
import io.wadi.completeness.CompletenessMonitor.Results;
import io.wadi.runtime.QueryParameters;
import io.wadi.runtime.http.JsonResponse;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;

/**
 * {@code GET /watermarks/{topic}} on the management port. Responses contain the last evaluation; none waits for Kafka.
 */
final class CompletenessRoutes extends RouteBuilder {
    private static final String ACCEPT_EXPIRED = "accept-expired";

    private final CompletenessMonitor monitor;

    CompletenessRoutes(CompletenessMonitor monitor) {
        this.monitor = monitor;
    }

    @Override
    public void configure() {
        from("management:/watermarks/{topic}?httpMethodRestrict=GET,HEAD")
                .routeId("watermarks")
                .process(this::respond);
    }

    private void respond(Exchange exchange) throws Exception {
        Message request = exchange.getMessage();
        String topic = QueryParameters.path(request, "topic");
        boolean acceptExpired;
        try {
            QueryParameters.requireKnown(request, List.of(ACCEPT_EXPIRED));
            acceptExpired = QueryParameters.flag(request, ACCEPT_EXPIRED);
        } catch (IllegalArgumentException e) {
            JsonResponse.error(exchange, 400, e.getMessage());
            return;
        }
        Results results = monitor.latest();
        Map<String, Evaluated> targets = results.topics().get(topic);
        if (!results.isAvailable()) {
            JsonResponse.error(
                    exchange,
                    503,
                    "Watermarks are not evaluated yet: "
                            + (results.problem().isEmpty() ? "try again in a moment" : results.problem()));
        } else if (targets == null) {
            JsonResponse.error(exchange, 404, "There is no topic " + topic + " that is configured for a target");
        } else {
            JsonResponse.write(exchange, 200, json(topic, targets, acceptExpired));
        }
    }

    private static ObjectNode json(String topic, Map<String, Evaluated> targets, boolean acceptExpired) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("topic", topic);
        ObjectNode byTarget = json.putObject("targets");
        targets.forEach((target, each) -> {
            ObjectNode watermark = each.watermark(acceptExpired).json();
            if (each.marks() != null) {
                watermark.put("markers", each.marks());
            }
            byTarget.set(target, watermark);
        });
        return json;
    }
}
