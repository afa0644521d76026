package io.wadi.ingest.request;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** What answers of the events port are made of: JSON, and for errors {@code {"error": reason}}, unless their path has a form of its own. */
public final class HttpResponses {
    /** The type of an answer's body. */
    public static final String JSON = "application/json";

    private static final int OK = 200;

    /** The status where all is acknowledged, and some of it as dead letters: 202 (Accepted). */
    public static final int AS_DEAD_LETTER = 202;

    /** The header of a refusal that passes: seconds until the next try. */
    public static final String RETRY_AFTER = "Retry-After";

    /** Its value. */
    public static final String RETRY_AFTER_SECONDS = "2";

    /** The header that says which preference of the request (RFC 7240) the answer follows. */
    public static final String PREFERENCE_APPLIED = "Preference-Applied";

    /** The header that names this version of a document. */
    public static final String ETAG = "ETag";

    /** The header that says what caches may do. */
    public static final String CACHE_CONTROL = "Cache-Control";

    /** Of what failed within Wadi, which is not the client's business. */
    public static final String INTERNAL = "the request failed; the log of Wadi says why";

    /** Characters beyond the first plane, such as emoji, stay characters; Jackson would escape their halves. */
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

    /** The body of an error's answer. */
    public static byte[] error(String reason) {
        return json(Map.of("error", reason));
    }

    /** Makes this the exchange's answer, of the type that its path's answers have: bytes, or an iterator of pieces of them. */
    public static void set(Exchange exchange, int status, Object body) {
        Message message = exchange.getMessage();
        if (status != OK || message.hasHeaders()) { // Without headers it is 200, and a map of them need not be made.
            message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        }
        message.setBody(body);
    }

    /** Says in the exchange's answer when to try again. */
    public static void setRetryAfter(Exchange exchange) {
        exchange.getMessage().setHeader(RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
}
