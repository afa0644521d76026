package io.wadi.management.connectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * A request to Kafka Connect's API.
 *
 * @param method the method, such as {@code GET}; {@code GET} for {@code HEAD}, too
 * @param path the decoded segments of the path; none for {@code /}
 * @param query the decoded values of each parameter
 * @param message the message with the body
 */
record ConnectRequest(String method, List<String> path, Map<String, List<String>> query, Message message) {
    /** The methods of a resource that can only be read. */
    static final String READ_ONLY = "GET, HEAD";

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    static ConnectRequest of(Message message) {
        String method = message.getHeader(Exchange.HTTP_METHOD, "GET", String.class);
        String path = message.getHeader(Exchange.HTTP_PATH, "/", String.class);
        List<String> parts = Arrays.stream(path.split("/", -1))
                .filter(part -> !part.isEmpty())
                // In a path, a plus sign does not encode a space.
                .map(part -> decoded(part.replace("+", "%2B")))
                .toList();
        String query = message.getHeader(Exchange.HTTP_RAW_QUERY, "", String.class);
        Map<String, List<String>> parameters = new HashMap<>();
        for (String parameter : query.split("&", -1)) {
            String[] nameAndValue = parameter.split("=", 2);
            if (!nameAndValue[0].isEmpty()) {
                parameters
                        .computeIfAbsent(decoded(nameAndValue[0]), first -> new ArrayList<>())
                        .add(nameAndValue.length < 2 ? "" : decoded(nameAndValue[1]));
            }
        }
        return new ConnectRequest(method.equals("HEAD") ? "GET" : method, parts, parameters, message);
    }

    /** Returns the JSON object in the body; throws an error with status 400 or 415 if there is none. */
    ObjectNode body() throws ConnectException {
        String type = message.getHeader(Exchange.CONTENT_TYPE, "", String.class);
        String encoding = message.getHeader("Content-Encoding", "identity", String.class);
        if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")
                || !encoding.equalsIgnoreCase("identity")) {
            throw ConnectException.unsupportedType();
        }
        return parse(message.getBody(byte[].class));
    }

    /** Parses a body; null for a request without a body, which is an error. */
    static ObjectNode parse(byte[] json) throws ConnectException {
        try {
            if (json != null && STRICT.readTree(json) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw ConnectException.badRequest("The body is invalid: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw ConnectException.badRequest("The body is invalid: " + e.getMessage());
        }
        throw ConnectException.badRequest("The body is invalid: expected a JSON object");
    }

    /**
     * Returns the configuration in a JSON object.
     *
     * @param values strings, numbers and booleans by name; null values are ignored
     * @throws ConnectException if a value is an object or an array
     */
    static Map<String, String> config(JsonNode values) throws ConnectException {
        Map<String, String> config = new TreeMap<>();
        for (Map.Entry<String, JsonNode> each : values.properties()) {
            if (each.getValue().isContainerNode()) {
                throw ConnectException.badRequest(
                        "The configuration is invalid: expected strings only, as names and as values");
            }
            if (!each.getValue().isNull()) {
                config.put(each.getKey(), each.getValue().asText());
            }
        }
        return config;
    }

    /** Decodes percent-encoding; returns text with invalid encoding unchanged. */
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

    /** Rejects other methods than those of the resource; {@code GET} includes {@code HEAD}. */
    void require(String... methods) throws ConnectException {
        if (!List.of(methods).contains(method)) {
            throw ConnectException.notAllowed(
                    "HTTP 405 Method Not Allowed: expected " + String.join(" or ", methods),
                    String.join(", ", methods).replace("GET", READ_ONLY));
        }
    }

    ConnectException notFound() {
        return ConnectException.notFound("HTTP 404 Not Found: see GET /openapi.json for the available paths");
    }
}
