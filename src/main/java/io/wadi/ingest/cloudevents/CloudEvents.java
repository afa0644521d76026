package io.wadi.ingest.cloudevents;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.JsonBody;
import io.wadi.ingest.event.MediaType;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A reader of CloudEvents from HTTP (CloudEvents 1.0.2, HTTP protocol binding and JSON format) in any content mode. It
 * returns records in the binary content mode of the Kafka protocol binding: the value has the data unchanged, the
 * headers {@code ce_…} and {@code content-type} the attributes, and the key the attribute {@code partitionkey}. An
 * event without data has a null value.
 */
public final class CloudEvents {
    private static final String STRUCTURED = "application/cloudevents";
    private static final String BATCHED = "application/cloudevents-batch";
    private static final String JSON = "+json";
    /** Maximum bytes of an event's attributes; also the maximum of {@code wadi.http.max-headers}. */
    private static final int MAX_ATTRIBUTES_BYTES = 64 << 10;

    private CloudEvents() {}

    /** The content mode of a request. */
    public enum Mode {
        /** The body is one event with attributes and data in JSON. */
        STRUCTURED,
        /** The body is a JSON array of events. */
        BATCHED,
        /** One event: attributes in headers, data in the body. */
        BINARY,
        /** Events in a format other than JSON in UTF-8: 415. */
        UNKNOWN,
        /** The request has no CloudEvent. */
        NONE
    }

    /**
     * Returns the content mode of a request.
     *
     * @param contentType the request's {@code Content-Type}; null if absent
     * @param version whether the request has the header {@code ce-specversion}
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

    /** Returns the event of a body in structured mode; a rejected event if the body is not a valid CloudEvent. */
    public static Event structured(byte[] body) {
        return structured(body, "");
    }

    /** Returns the event of JSON in structured mode; the locations of its problems are below {@code pointer}. */
    static Event structured(byte[] body, String pointer) {
        try (JsonBody json = new JsonBody(body)) {
            json.parser().nextToken();
            Event event = new StructuredCloudEvent(json, pointer).read();
            json.end();
            return event;
        } catch (JsonProcessingException e) {
            return Event.rejected(new Problem(pointer, notJson(e)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the events of a body in batched mode, in order, while the body arrives.
     *
     * @param elements the elements of the body's array: objects as values, other elements with a problem
     * @param check further validation of each event; the event may already have a problem
     */
    public static EventSource batched(EventSource elements, UnaryOperator<Event> check) {
        return new CloudEventBatch(elements, check);
    }

    /**
     * Returns the maximum bytes in JSON of an event with up to {@code maxData} bytes of data, which may be in base64.
     */
    public static int maxJson(int maxData) {
        return (int) Math.min(Integer.MAX_VALUE, (maxData + 2L) / 3 * 4 + MAX_ATTRIBUTES_BYTES);
    }

    /**
     * Returns the event of a request in binary mode. Data of a JSON media type must be well-formed.
     *
     * @param headers all headers of the request; each character is one byte, as in HTTP
     * @param body the data; empty if there is none
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
                return rejected("header " + name + ": " + problem);
            }
        }
        return attributes
                .missing()
                .map(name -> rejected("header ce-" + name + " is missing"))
                .orElseGet(() -> withData(attributes, body));
    }

    /**
     * Returns the text that identifies an event (CloudEvents 1.0.2): its source, which has no blank, a blank, and its
     * id.
     *
     * @param event an event of this class without a problem
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
            return "not allowed; use Content-Type";
        }
        Optional<String> decoded = HeaderValue.decode(value);
        return decoded.isEmpty() ? "not UTF-8 in percent-encoding" : attributes.put(name, decoded.get());
    }

    private static Event withData(CloudEventAttributes attributes, byte[] body) {
        if (body.length == 0) {
            return attributes.event(null);
        }
        String problem = problem(attributes.contentType(), body);
        return problem == null ? attributes.event(body) : rejected(problem);
    }

    /** Returns why data of a JSON media type is not well-formed; null if it is, and for other media types. */
    static String problem(String contentType, byte[] data) {
        if (!MediaType.parse(contentType).isJson()) {
            return null;
        }
        try (JsonBody json = new JsonBody(data)) {
            if (json.parser().nextToken() == null) {
                return "the content type is JSON, but the data is blank";
            }
            json.parser().skipChildren();
            json.end();
            return null;
        } catch (JsonProcessingException e) {
            return notJson(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String notJson(JsonProcessingException e) {
        return "not JSON: " + JsonBody.explain(e);
    }

    private static Event rejected(String text) {
        return Event.rejected(new Problem("", text));
    }
}
