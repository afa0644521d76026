package io.wadi.runtime;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.wadi.runtime.config.NearestName;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** The query and path parameters of requests to the management port. */
public final class QueryParameters {
    private QueryParameters() {}

    /** Returns a parameter of the path. Camel appends its value to that of an HTTP header of the same name. */
    public static String path(Message request, String name) {
        Object value = request.getHeader(name);
        return value instanceof List<?> all ? String.valueOf(all.get(all.size() - 1)) : (String) value;
    }

    /**
     * Returns the decoded value of a parameter; null if the query does not have it. Camel's headers of this name may
     * also be HTTP headers, which the audit log does not contain.
     */
    public static String value(Message request, String name) {
        String query = request.getHeader(Exchange.HTTP_RAW_QUERY, String.class);
        return query == null
                ? null
                : new QueryStringDecoder(query, false)
                        .parameters().getOrDefault(name, List.of()).stream()
                                .findFirst()
                                .orElse(null);
    }

    /**
     * Returns a parameter that is true or false; false if the request does not have it.
     *
     * @throws IllegalArgumentException for another value, such as that of a parameter without one
     */
    public static boolean flag(Message request, String name) {
        String value = value(request, name);
        String text = value == null ? "false" : value;
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(
                    "Invalid value '%s' for %s: expected true or false".formatted(text, name));
        }
        return text.equals("true");
    }

    /**
     * Rejects parameters that have no effect: a misspelled selection would select everything.
     *
     * @throws IllegalArgumentException if the query has another parameter than {@code known}, or one twice; the message
     *     names it and the nearest known name
     */
    public static void requireKnown(Message request, List<String> known) {
        requireKnown(request.getHeader(Exchange.HTTP_RAW_QUERY, String.class), known);
    }

    /** Like {@link #requireKnown(Message, List)}, for an encoded query; null for none. */
    public static void requireKnown(String query, List<String> known) {
        if (query == null) {
            return;
        }
        new QueryStringDecoder(query, false).parameters().forEach((name, values) -> {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("unknown parameter %s; expected %s%s"
                        .formatted(
                                name,
                                known.isEmpty() ? "none" : String.join(", ", known),
                                NearestName.question(name, known)));
            }
            if (values.size() > 1) {
                throw new IllegalArgumentException(
                        "parameter %s occurs %d times; expected once".formatted(name, values.size()));
            }
        });
    }
}
