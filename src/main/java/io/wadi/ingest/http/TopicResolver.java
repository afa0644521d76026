package io.wadi.ingest.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/** Which topic a request is for where its path has no parameter {@code topic}, to be known before it is let in. */
final class TopicResolver {
    private static final String TOPIC = "topic";
    /** None at all: such a request needs no right. */
    private static final Map<String, String> NONE = Collections.singletonMap(TOPIC, null);

    private static final Set<String> WITHOUT_TOPIC = Set.of("/topics", "/wadi.js", "/openapi.json");

    private final Map<String, String> ofPixels;

    /** Takes the topic of pixels whose query names none. */
    TopicResolver(String ofPixels) {
        this.ofPixels = Map.of(TOPIC, ofPixels);
    }

    /**
     * The path's parameters, with the topic where the path does not say it.
     *
     * @return with a topic that is null where the path is for none; without one where it is for that of the classic event
     */
    Map<String, String> add(HttpServerRequest request, Map<String, String> parameters) {
        String path = request.path();
        if (!parameters.isEmpty()) {
            return parameters;
        }
        if (path.equals("/pixel.gif")) {
            String named = inQuery(request);
            return named == null ? ofPixels : Map.of(TOPIC, named);
        }
        return WITHOUT_TOPIC.contains(path) ? NONE : parameters;
    }

    /** Null also where the query cannot be read, which the route refuses. */
    private static String inQuery(HttpServerRequest request) {
        try {
            return request.getParam(TOPIC);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
