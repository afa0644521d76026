package io.wadi.ingest.http;

import java.util.Collections;
import java.util.Map;
import java.util.Set;

/** Which topic a request is for where its path has no parameter {@code topic}, to be known before it is let in. */
final class PathTopic {
    private static final String TOPIC = "topic";
    /** None at all: such a request needs no right. */
    private static final Map<String, String> NONE = Collections.singletonMap(TOPIC, null);

    private static final Set<String> WITHOUT_TOPIC = Set.of("/topics", "/wadi.js", "/openapi.json");

    private PathTopic() {}

    /**
     * The path's parameters, with the topic where the path does not say it.
     *
     * @return with a topic that is null where the path is for none; without one where it is for that of the classic event
     */
    static Map<String, String> add(String path, Map<String, String> parameters) {
        return parameters.isEmpty() && WITHOUT_TOPIC.contains(path) ? NONE : parameters;
    }
}
