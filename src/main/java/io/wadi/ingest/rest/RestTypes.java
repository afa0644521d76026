package io.wadi.ingest.rest;

import io.wadi.ingest.event.MediaType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The media types of the Kafka REST API. */
public final class RestTypes {
    /** The default type of responses, including errors. */
    public static final String ANSWER = "application/vnd.kafka.v2+json";

    private static final String JSON = "application/json";
    /** Maximum number of ranges of an {@code Accept} header that are read; further ones are ignored. */
    private static final int MAX_RANGES = 32;

    private static final List<String> PREFERRED = List.of(ANSWER, "*/*", "application/*");
    private static final Pattern NOT_ACCEPTED = Pattern.compile(";\\s*q=0(\\.0*)?\\s*(;|$)");

    private RestTypes() {}

    /** The embedded format of keys and values in a body. */
    public enum Format {
        /** Any JSON value. */
        JSON,
        /** Strings of base64 (RFC 4648, section 4). */
        BINARY
    }

    /**
     * Returns the format of a request's {@code Content-Type}.
     *
     * @throws RestException 415 for an unsupported type, and for a charset other than UTF-8
     */
    public static Format format(String contentType) {
        MediaType type = MediaType.parse(contentType);
        if (type.isUtf8()) {
            switch (type.name()) {
                case "application/vnd.kafka.json.v2+json", JSON -> {
                    return Format.JSON;
                }
                case "application/vnd.kafka.binary.v2+json" -> {
                    return Format.BINARY;
                }
                default -> {}
            }
        }
        throw new RestException(RestError.of(
                415,
                "unsupported Content-Type; expected application/vnd.kafka.json.v2+json, application/json or"
                        + " application/vnd.kafka.binary.v2+json, in UTF-8"));
    }

    /**
     * Returns the type of the response: the API's own type if the client accepts it, otherwise
     * {@code application/json}.
     *
     * @param accept the request's {@code Accept} header; null if absent
     * @throws RestException 406 if the client accepts neither
     */
    public static String answerType(String accept) {
        if (accept == null || accept.isBlank()) {
            return ANSWER;
        }
        List<String> accepted = Arrays.stream(accept.toLowerCase(Locale.ROOT).split(",", MAX_RANGES + 1))
                .limit(MAX_RANGES)
                .filter(range -> !NOT_ACCEPTED.matcher(range).find())
                .map(range -> range.split(";", 2)[0].strip())
                .toList();
        if (accepted.stream().anyMatch(PREFERRED::contains)) {
            return ANSWER;
        }
        if (accepted.contains(JSON)) {
            return JSON;
        }
        throw new RestException(RestError.of(406, "responses are " + ANSWER + " or " + JSON));
    }
}
