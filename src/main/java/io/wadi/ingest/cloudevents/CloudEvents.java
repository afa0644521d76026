package io.wadi.ingest.cloudevents;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.JsonBody;
import io.wadi.ingest.event.MediaType;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads CloudEvents from HTTP (CloudEvents 1.0.2, HTTP protocol binding and JSON format) as records in the binary form of the
 * Kafka protocol binding, whichever form they came in: the data byte for byte as value, the attributes as headers
 * {@code ce_…} and {@code content-type}, {@code partitionkey} as key too. An event without
 * data has no value.
 */
public final class CloudEvents {
    private static final String STRUCTURED = "application/cloudevents";
    private static final String BATCHED = "application/cloudevents-batch";
    private static final String JSON = "+json";

    private CloudEvents() {}

    /** How a request carries CloudEvents. */
    public enum Mode {
        /** One in the body, attributes and data in JSON. */
        STRUCTURED,
        /** A JSON array of such. */
        BATCHED,
        /** One: its attributes in headers, its data the body. */
        BINARY,
        /** One or many in a format other than JSON in UTF-8: 415. */
        UNKNOWN,
        /** The request has no CloudEvent. */
        NONE
    }

    /**
     * How a request carries CloudEvents.
     *
     * @param contentType the request's {@code Content-Type}; null for none
     * @param version whether it has the header {@code ce-specversion}
     */
    public static Mode mode(String contentType, boolean version) {
        if (contentType == null || !contentType.strip().regionMatches(true, 0, STRUCTURED, 0, STRUCTURED.length())) {
            return version ? Mode.BINARY : Mode.NONE;
        }
        MediaType type = MediaType.parse(contentType);
        if (!type.isUtf8()) {
            return Mode.UNKNOWN;
        }
        return switch (type.name()) {
            case STRUCTURED + JSON -> Mode.STRUCTURED;
            case BATCHED + JSON -> Mode.BATCHED;
            default -> Mode.UNKNOWN;
        };
    }

    /** The event of a body in structured form. */
    public static Event structured(byte[] body) {
        try (JsonBody json = new JsonBody(body)) {
            json.parser().nextToken();
            Event event = new StructuredCloudEvent(json, "").read();
            json.end();
            return event;
        } catch (JsonProcessingException e) {
            return notJson(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The events of a body in batched form, in their order; a single refused one where the body is no JSON array. */
    public static List<Event> batched(byte[] body) {
        try (JsonBody json = new JsonBody(body)) {
            JsonParser parser = json.parser();
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                return List.of(Event.refused(new Problem("", "a batch is a JSON array of CloudEvents")));
            }
            List<Event> events = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                events.add(new StructuredCloudEvent(json, "/" + events.size()).read());
            }
            json.end();
            return events;
        } catch (JsonProcessingException e) {
            return List.of(notJson(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The event of a request in binary form. Data that the request calls JSON is checked to be JSON.
     *
     * @param headers all of the request's headers; a character stands for a byte, as in HTTP
     * @param body the data; an empty one is none
     */
    public static Event binary(Iterable<Map.Entry<String, String>> headers, byte[] body) {
        CloudEventAttributes attributes = new CloudEventAttributes();
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            String problem = name.startsWith("ce-")
                    ? attribute(attributes, name.substring("ce-".length()), header.getValue())
                    : name.equals("content-type")
                            ? attributes.put(CloudEventAttributes.CONTENT_TYPE, header.getValue())
                            : null;
            if (problem != null) {
                return refused("header " + name + ": " + problem);
            }
        }
        return attributes
                .missing()
                .map(name -> refused("header ce-" + name + " is missing"))
                .orElseGet(() -> withData(attributes, body));
    }

    /**
     * What identifies an event among all of its sender's, as CloudEvents 1.0.2 says: its source, which has no blank, a blank,
     * and its id.
     *
     * @param event one that was read here and has no problem
     */
    public static String id(Event event) {
        return header(event, "ce_source") + " " + header(event, "ce_id");
    }

    private static String header(Event event, String name) {
        return event.headers().stream()
                .filter(each -> each.key().equals(name))
                .map(each -> new String(each.value(), UTF_8))
                .findFirst()
                .orElseThrow();
    }

    private static String attribute(CloudEventAttributes attributes, String name, String value) {
        if (name.equals(CloudEventAttributes.CONTENT_TYPE)) {
            return "not allowed; Content-Type says it";
        }
        Optional<String> decoded = HeaderValue.decode(value);
        return decoded.isEmpty() ? "not UTF-8 in percent-encoding" : attributes.put(name, decoded.get());
    }

    private static Event withData(CloudEventAttributes attributes, byte[] body) {
        if (body.length == 0) {
            return attributes.event(null);
        }
        if (MediaType.parse(attributes.contentType()).isJson()) {
            try (JsonBody json = new JsonBody(body)) {
                if (json.parser().nextToken() == null) {
                    return refused("the data is called JSON and is blank");
                }
                json.parser().skipChildren();
                json.end();
            } catch (JsonProcessingException e) {
                return notJson(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return attributes.event(body);
    }

    private static Event notJson(JsonProcessingException e) {
        return refused("not JSON: " + JsonBody.explain(e));
    }

    private static Event refused(String text) {
        return Event.refused(new Problem("", text));
    }
}
