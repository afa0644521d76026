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
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** The attributes of one CloudEvent, in the specification's canonical strings and held to its rules. */
final class CloudEventAttributes {
    static final String CONTENT_TYPE = "datacontenttype";

    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");
    private static final String KEY = "partitionkey";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+");
    /** RFC 3339, section 5.6; {@link OffsetDateTime} then knows whether there is such a day. */
    private static final Pattern TIMESTAMP = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)", Pattern.CASE_INSENSITIVE);

    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * Takes an attribute.
     *
     * @return why it is not allowed; null where it is
     */
    String put(String name, String value) {
        if (!NAME.matcher(name).matches() || name.equals("data")) {
            return "not an attribute's name: small letters and digits, and not data";
        }
        if (value.codePoints().anyMatch(CloudEventAttributes::isForbidden)) {
            return "has a control character, half a surrogate pair or a code point that is no character";
        }
        String problem = problem(name, value);
        if (problem == null && values.put(name, value) != null) {
            return "given twice";
        }
        return problem;
    }

    /** The media type of the data; null where none is said. */
    String contentType() {
        return values.get(CONTENT_TYPE);
    }

    /** The first required attribute that is not there. */
    Optional<String> missing() {
        return REQUIRED.stream().filter(name -> !values.containsKey(name)).findFirst();
    }

    /** The record; data null for none. */
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
            case "specversion" -> value.equals("1.0") ? null : "only 1.0 is known";
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
