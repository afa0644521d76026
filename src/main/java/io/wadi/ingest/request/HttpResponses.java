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
 * unless the path has a {@link ResponseFormat} of its own.
 */
public final class HttpResponses {
    /** The media type of a response. */
    public static final String JSON = "application/json";

    private static final int OK = 200;

    /** The status if everything is acknowledged, some of it as dead letters: 202 (Accepted). */
    public static final int AS_DEAD_LETTER = 202;

    /** The header of a temporary rejection: seconds until the next attempt. */
    public static final String RETRY_AFTER = "Retry-After";

    /** Its value. */
    public static final String RETRY_AFTER_SECONDS = "2";

    /** The header that names the request's preference (RFC 7240) that was applied. */
    public static final String PREFERENCE_APPLIED = "Preference-Applied";

    /** The header with the version of a document. */
    public static final String ETAG = "ETag";

    /** The header for caches. */
    public static final String CACHE_CONTROL = "Cache-Control";

    /** The reason of internal errors, which is not disclosed to clients. */
    public static final String INTERNAL = "the request failed; the log of Wadi says why";

    /** Writes characters outside the basic plane, such as emoji, unescaped. */
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

    /** Returns the body of an error. */
    public static byte[] error(String reason) {
        return json(Map.of("error", reason));
    }

    /** Sets the exchange's response: bytes, or an iterator of pieces of them, of the media type of its path. */
    public static void set(Exchange exchange, int status, Object body) {
        Message message = exchange.getMessage();
        if (status != OK || message.hasHeaders()) { // Without headers it is 200, and a map of them need not be made.
            message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        }
        message.setBody(body);
    }

    /** Sets {@code Retry-After} of the exchange's response. */
    public static void setRetryAfter(Exchange exchange) {
        exchange.getMessage().setHeader(RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
}
