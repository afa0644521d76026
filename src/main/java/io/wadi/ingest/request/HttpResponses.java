package io.wadi.ingest.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Bodies, headers and status codes of the event endpoint's responses: JSON, with errors as {@code {"error": reason}}
 * unless the path has another {@link ResponseFormat}.
 */
public final class HttpResponses {
    public static final String JSON = "application/json";

    public static final int OK = 200;
    public static final int UNAVAILABLE = 503;

    /** The status if all events are accepted, some of them as dead letters, or all of them without a receipt. */
    public static final int ACCEPTED = 202;

    public static final String RETRY_AFTER = "Retry-After";

    public static final String RETRY_AFTER_SECONDS = "2";

    /** The header that names the request's preference (RFC 7240) that was applied. */
    public static final String PREFERENCE_APPLIED = "Preference-Applied";

    public static final String ETAG = "ETag";

    public static final String CACHE_CONTROL = "Cache-Control";

    public static final String VARY = "Vary";

    /** The message for internal errors: clients do not receive the cause. */
    public static final String INTERNAL = "the request failed; the log of Wadi has the cause";

    /** Writes characters outside the Basic Multilingual Plane, such as emoji, unescaped. */
    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build());

    private HttpResponses() {}

    public static byte[] json(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] error(String reason) {
        return json(Map.of("error", reason));
    }

    /**
     * Sets the exchange's response to bytes or an iterator of byte arrays, with the media type of the request's path.
     */
    public static void set(Exchange exchange, int status, Object body) {
        Message message = exchange.getMessage();
        if (status != OK || message.hasHeaders()) { // 200 is the default and needs no map of headers
            message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        }
        message.setBody(body);
    }

    public static void setRetryAfter(Exchange exchange) {
        exchange.getMessage().setHeader(RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
}
