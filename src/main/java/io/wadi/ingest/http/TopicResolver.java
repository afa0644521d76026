package io.wadi.ingest.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Determines the topic of a request without the path parameter {@code topic}, before admission. */
final class TopicResolver {
    private static final String TOPIC = "topic";
    /** No topic: such a request needs no authorization. */
    private static final Map<String, String> NONE = Collections.singletonMap(TOPIC, null);

    private static final Set<String> WITHOUT_TOPIC = Set.of("/topics", "/wadi.js", "/openapi.json", "/receipts");
    /** Its route authorizes, since the response must not say which topics exist. */
    private static final String RECEIPTS = "/receipts/";
    /** The parameter in which its route finds the topic. */
    private static final String RECEIPT_TOPIC = "receiptTopic";

    private final Map<String, String> pixelTopic;

    TopicResolver(String pixelTopic) {
        this.pixelTopic = Map.of(TOPIC, pixelTopic);
    }

    /**
     * The path's parameters, with the topic where the path does not say it.
     *
     * @return the parameters; their topic is null if the path has none, and absent for the default topic
     */
    Map<String, String> add(HttpServerRequest request, Map<String, String> parameters) {
        String path = request.path();
        if (path.startsWith(RECEIPTS)) {
            Map<String, String> withoutTopic = new HashMap<>(parameters);
            withoutTopic.put(RECEIPT_TOPIC, withoutTopic.put(TOPIC, null));
            return withoutTopic;
        }
        if (!parameters.isEmpty()) {
            return parameters;
        }
        if (path.equals("/pixel.gif")) {
            String named = queryTopic(request);
            return named == null ? pixelTopic : Map.of(TOPIC, named);
        }
        return WITHOUT_TOPIC.contains(path) ? NONE : parameters;
    }

    /** Null also for a malformed query, which the route rejects. */
    private static String queryTopic(HttpServerRequest request) {
        try {
            return request.getParam(TOPIC);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
