package io.wadi.ingest.cloudevents;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.MediaType;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** The validated attributes of one CloudEvent, as the specification's canonical strings. */
final class CloudEventAttributes {
    static final String CONTENT_TYPE = "datacontenttype";

    /** Maximum number: the specification defines nine, and a header occupies ten times its bytes in a JSON body. */
    private static final int MAX_ATTRIBUTES = 256;

    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");
    private static final String KEY = "partitionkey";
    /** The attributes of a type that the JSON format represents as a string; other ones are extensions of any type. */
    private static final Set<String> TEXTS =
            Set.of("specversion", "id", "source", "type", CONTENT_TYPE, "dataschema", "subject", "time", KEY);

    private static final Pattern NAME = Pattern.compile("[a-z0-9]+");
    /** RFC 3339, section 5.6; {@link OffsetDateTime} then checks that the day exists. */
    private static final Pattern TIMESTAMP = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)", Pattern.CASE_INSENSITIVE);

    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * Adds an attribute.
     *
     * @return the problem of an invalid attribute; null if it is valid
     */
    String put(String name, String value) {
        if (!NAME.matcher(name).matches() || name.equals("data")) {
            return "not an attribute name; expected lower-case letters and digits, and not data";
        }
        if (value.codePoints().anyMatch(CloudEventAttributes::isForbidden)) {
            return "contains a control character, an unpaired surrogate or a noncharacter";
        }
        if (values.size() == MAX_ATTRIBUTES) {
            return "too many; an event has at most %d attributes".formatted(MAX_ATTRIBUTES);
        }
        String problem = problem(name, value);
        if (problem == null && values.put(name, value) != null) {
            return "given twice";
        }
        return problem;
    }

    /** Returns whether the value of an attribute in JSON must be a string, whatever its text. */
    static boolean isText(String name) {
        return TEXTS.contains(name);
    }

    /** Returns the media type of the data; null if absent. */
    String contentType() {
        return values.get(CONTENT_TYPE);
    }

    /** Sets the media type of the data if it is absent. It does not count against the maximum number of attributes. */
    void setDefaultContentType(String type) {
        values.putIfAbsent(CONTENT_TYPE, type);
    }

    /** Returns the first required attribute that is missing; empty if there is none. */
    Optional<String> missing() {
        return REQUIRED.stream().filter(name -> !values.containsKey(name)).findFirst();
    }

    /** Returns the event with these attributes; {@code data} may be null. */
    Event event(byte[] data) {
        List<Header> headers = new ArrayList<>(values.size());
        values.forEach(
                (name, value) -> headers.add(header(name.equals(CONTENT_TYPE) ? "content-type" : "ce_" + name, value)));
        String key = values.get(KEY);
        return new Event(key == null ? null : key.getBytes(UTF_8), data, headers, null, null, null);
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(UTF_8));
    }

    private static String problem(String name, String value) {
        return switch (name) {
            case "specversion" -> value.equals("1.0") ? null : "only 1.0 is supported";
            case "id", "type", "subject", KEY -> value.isEmpty() ? "empty" : null;
            case "source" -> isUri(value, false) ? null : "not a URI reference";
            case "dataschema" -> isUri(value, true) ? null : "not an absolute URI";
            case "time" -> isTimestamp(value) ? null : "not a time as in RFC 3339, such as 2026-04-14T12:34:56.789Z";
            case CONTENT_TYPE -> MediaType.parse(value).name().isEmpty() ? "not a media type" : null;
            default -> null;
        };
    }

    private static boolean isUri(String value, boolean absolute) {
        try {
            return !value.isEmpty() && (new URI(value).isAbsolute() || !absolute);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static boolean isTimestamp(String value) {
        try {
            return TIMESTAMP.matcher(value).matches() && OffsetDateTime.parse(value) != null;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static boolean isForbidden(int codePoint) {
        int type = Character.getType(codePoint);
        boolean noncharacter = (codePoint & 0xFFFE) == 0xFFFE || (codePoint >= 0xFDD0 && codePoint <= 0xFDEF);
        return type == Character.CONTROL || type == Character.SURROGATE || noncharacter;
    }
}
