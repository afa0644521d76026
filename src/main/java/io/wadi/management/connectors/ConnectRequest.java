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
 * What a request asks for.
 *
 * @param method such as {@code GET}, which stands for {@code HEAD} too
 * @param path its parts, decoded; none for {@code /}
 * @param query the values of each parameter, decoded
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
                // In a path a plus is one.
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

    /** What is not encoded as it should be stands for itself. */
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

    boolean says(String parameter, String value) {
        return query.getOrDefault(parameter, List.of()).stream().anyMatch(value::equalsIgnoreCase);
    }

    void requireGet() throws ConnectException {
        require("GET");
    }

    void require(String wanted) throws ConnectException {
        if (!method.equals(wanted)) {
            throw ConnectException.notAllowed("HTTP 405 Method Not Allowed: this path takes " + wanted);
        }
    }

    ConnectException notFound() {
        return ConnectException.notFound("HTTP 404 Not Found: GET /openapi.json says what there is");
    }
}
