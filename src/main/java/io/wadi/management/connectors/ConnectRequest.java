package io.wadi.management.connectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * A request to Kafka Connect's API.
 *
 * @param method such as {@code GET}, also for {@code HEAD}
 * @param path the decoded segments; none for {@code /}
 * @param query the decoded values of each parameter
 */
record ConnectRequest(String method, List<String> path, Map<String, List<String>> query) {

    static ConnectRequest of(Message message) {
        String method = message.getHeader(Exchange.HTTP_METHOD, "GET", String.class);
        return of(
                method.equals("HEAD") ? "GET" : method,
                message.getHeader(Exchange.HTTP_PATH, "/", String.class),
                message.getHeader(Exchange.HTTP_RAW_QUERY, "", String.class));
    }

    static ConnectRequest of(String method, String path, String query) {
        List<String> parts = Arrays.stream(path.split("/", -1))
                .filter(part -> !part.isEmpty())
                // A plus in a path is not a space.
                .map(part -> decoded(part.replace("+", "%2B")))
                .toList();
        Map<String, List<String>> parameters = new HashMap<>();
        for (String parameter : query.split("&", -1)) {
            String[] nameAndValue = parameter.split("=", 2);
            if (!nameAndValue[0].isEmpty()) {
                parameters
                        .computeIfAbsent(decoded(nameAndValue[0]), first -> new ArrayList<>())
                        .add(nameAndValue.length < 2 ? "" : decoded(nameAndValue[1]));
            }
        }
        return new ConnectRequest(method, parts, parameters);
    }

    /** Returns invalid percent-encoding unchanged. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    boolean has(String parameter) {
        return query.containsKey(parameter);
    }

    boolean hasValue(String parameter, String value) {
        return query.getOrDefault(parameter, List.of()).stream().anyMatch(value::equalsIgnoreCase);
    }

    void requireGet() throws ConnectException {
        require("GET");
    }

    void require(String allowed) throws ConnectException {
        if (!method.equals(allowed)) {
            throw ConnectException.notAllowed("HTTP 405 Method Not Allowed: expected " + allowed);
        }
    }

    ConnectException notFound() {
        return ConnectException.notFound("HTTP 404 Not Found: see GET /openapi.json for the available paths");
    }
}
