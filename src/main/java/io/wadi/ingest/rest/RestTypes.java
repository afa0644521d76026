package io.wadi.ingest.rest;

import io.wadi.ingest.event.MediaType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The media types of the convention. */
public final class RestTypes {
    /** The type of answers, of errors too. */
    public static final String ANSWER = "application/vnd.kafka.v2+json";

    private static final String JSON = "application/json";
    private static final List<String> PREFERRED = List.of(ANSWER, "*/*", "application/*");
    private static final Pattern NOT_ACCEPTED = Pattern.compile(";\\s*q=0(\\.0*)?\\s*(;|$)");

    private RestTypes() {}

    /** How keys and values stand in a body. */
    public enum Format {
        /** Any JSON value. */
        JSON,
        /** Strings of base64 (RFC 4648, section 4). */
        BINARY
    }

    /**
     * The format that a request's {@code Content-Type} names.
     *
     * @throws RestException 415 for any other, and for other encodings than UTF-8
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
     * The type to answer in: the convention's own wherever it is accepted, {@code application/json} where only that is.
     *
     * @param accept the request's {@code Accept}; null for none
     * @throws RestException 406 where neither is accepted
     */
    public static String answerType(String accept) {
        if (accept == null || accept.isBlank()) {
            return ANSWER;
        }
        List<String> accepted = Arrays.stream(accept.toLowerCase(Locale.ROOT).split(",", -1))
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
