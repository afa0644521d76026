package io.wadi.ingest.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.Problem;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The event of {@code GET /pixel.gif?…}, for mail and for pages without scripts: a JSON object of the query's
 * parameters.
 */
public final class PixelEvent {
    /** Parameters that are not part of the event: its topic and the API key. */
    public static final Set<String> RESERVED = Set.of("topic", "key");

    private static final byte[] GIF =
            Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private PixelEvent() {}

    /** Returns the body of every response: a transparent GIF of one pixel, 43 bytes. */
    public static byte[] gif() {
        return GIF.clone();
    }

    /**
     * Creates the event: each parameter, in order, as a string, or as an array of strings if it is repeated; then the
     * added fields.
     *
     * @param query the query's parameters, decoded
     * @param added fields such as {@code timestamp} and {@code userAgent}; no parameter may have their names
     */
    public static Event of(Iterable<Map.Entry<String, String>> query, Map<String, String> added) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (Map.Entry<String, String> parameter : query) {
            if (!RESERVED.contains(parameter.getKey())) {
                parameters
                        .computeIfAbsent(parameter.getKey(), name -> new ArrayList<>())
                        .add(parameter.getValue());
            }
        }
        for (String name : added.keySet()) {
            if (parameters.containsKey(name)) {
                return Event.rejected(new Problem("/" + name, "reserved: Wadi sets this field"));
            }
        }
        Map<String, Object> event = new LinkedHashMap<>();
        parameters.forEach((name, values) -> event.put(name, values.size() == 1 ? values.get(0) : values));
        event.putAll(added);
        return Event.of(MAPPER.valueToTree(event).toString().getBytes(UTF_8));
    }
}
