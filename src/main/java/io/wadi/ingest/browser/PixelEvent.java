package io.wadi.ingest.browser;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.Problem;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The event of {@code GET /pixel.gif?…}, for mail and for pages without scripts: a JSON object of the query's parameters. */
public final class PixelEvent {
    /** The parameters that are the request's own: where the event goes, and who sends it. */
    public static final Set<String> RESERVED = Set.of("topic", "key");

    private static final byte[] GIF =
            Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==");
    /** Characters beyond the first plane, such as emoji, stay characters; Jackson would escape their halves. */
    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build());

    private PixelEvent() {}

    /** The answer's body, whatever its status: a transparent GIF of one pixel, 43 bytes. */
    public static byte[] gif() {
        return GIF.clone();
    }

    /**
     * The event: every parameter in its order as a string, as an array of strings where it is given more than once; then what
     * Wadi adds.
     *
     * @param query the query's parameters, decoded
     * @param added what the topic asks for, such as {@code timestamp} and {@code userAgent}; no parameter may have such a name
     */
    public static Event of(Iterable<Map.Entry<String, String>> query, Map<String, String> added) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        for (Map.Entry<String, String> parameter : query) {
            if (!RESERVED.contains(parameter.getKey())) {
                given.computeIfAbsent(parameter.getKey(), name -> new ArrayList<>())
                        .add(parameter.getValue());
            }
        }
        for (String name : added.keySet()) {
            if (given.containsKey(name)) {
                return Event.refused(new Problem("/" + name, "not a parameter: Wadi says it"));
            }
        }
        Map<String, Object> event = new LinkedHashMap<>();
        given.forEach((name, values) -> event.put(name, values.size() == 1 ? values.get(0) : values));
        event.putAll(added);
        try {
            return Event.of(MAPPER.writeValueAsBytes(event));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
