package io.wadi.ingest.http;

import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.request.IngestRequest;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Determines the topic of a request without the path parameter {@code topic}, before admission. */
final class TopicResolver {
    private static final String TOPIC = "topic";
    /** A null topic: the request needs no authorization. */
    private static final Map<String, String> NONE = Collections.singletonMap(TOPIC, null);

    private static final Set<String> WITHOUT_TOPIC = Set.of("/topics", "/wadi.js", "/openapi.json", "/receipts");
    /** The path with a route that authorizes the request itself: its response must not reveal which topics exist. */
    private static final String RECEIPTS = "/receipts/";
    /** The parameter with the topic of a request to {@link #RECEIPTS}. */
    private static final String RECEIPT_TOPIC = "receiptTopic";

    private final Map<String, String> pixelTopic;

    TopicResolver(String pixelTopic) {
        this.pixelTopic = Map.of(TOPIC, pixelTopic);
    }

    /**
     * Adds the topic to the parameters of a path that does not contain it.
     *
     * @return the parameters; the topic is null if the request has none, and absent for the default topic
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

    /** Returns the topic in the query; null if it has none or is malformed, for which the route rejects the request. */
    private static String queryTopic(HttpServerRequest request) {
        try {
            return IngestRequest.parameter(request, TOPIC);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
