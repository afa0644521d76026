package io.wadi.ingest.request;

import io.wadi.ingest.browser.PixelEvent;
import io.wadi.ingest.rest.RestError;
import io.wadi.ingest.rest.RestException;
import io.wadi.ingest.rest.RestTypes;
import java.util.Map;

/**
 * The form of a path's answers. Refusals have it too, also those by which a request does not reach its route: a client of a
 * convention reads them as that convention says.
 */
public enum ResponseFormat {
    /** JSON; a refusal is {@code {"error": reason}}. */
    EVENTS {
        @Override
        public Map<String, String> headers(String accept) {
            return Map.of();
        }

        @Override
        public byte[] refusal(int status, String reason) {
            return HttpResponses.error(reason);
        }
    },
    /** The Kafka REST convention; a refusal is {@code {"error_code":…,"message":…}}. */
    REST {
        @Override
        public Map<String, String> headers(String accept) {
            return Map.of(TYPE, restType(accept));
        }

        /** A path that is not there is 404; 40401 is a topic that is not. */
        @Override
        public byte[] refusal(int status, String reason) {
            RestError error =
                    status == NOT_FOUND ? new RestError(status, status, reason) : RestError.of(status, reason);
            return error.body();
        }
    },
    /** A picture, whatever has become of the event, so that no page and no mail shows that it is missing. */
    PIXEL {
        @Override
        public Map<String, String> headers(String accept) {
            return Map.of(TYPE, GIF, "Cache-Control", "no-store");
        }

        @Override
        public byte[] refusal(int status, String reason) {
            return PixelEvent.gif();
        }
    };

    private static final String TYPE = "Content-Type";
    private static final String GIF = "image/gif";
    private static final int NOT_FOUND = 404;

    /** The form of a path's answers. */
    public static ResponseFormat of(String path) {
        if (path.equals("/topics") || path.startsWith("/topics/")) {
            return REST;
        }
        return path.equals("/pixel.gif") ? PIXEL : EVENTS;
    }

    /**
     * The form of an answer that has the {@link #headers}.
     *
     * @param type its Content-Type so far; null for none
     */
    public static ResponseFormat ofType(String type) {
        if (type == null) {
            return EVENTS;
        }
        return type.equals(GIF) ? PIXEL : REST;
    }

    /**
     * The headers of every answer of this form. One whose body has another type says so itself.
     *
     * @param accept the request's {@code Accept}; null for none
     */
    public abstract Map<String, String> headers(String accept);

    /** The body of a refusal. */
    public abstract byte[] refusal(int status, String reason);

    /** Where neither type is accepted a refusal has the convention's own all the same. */
    private static String restType(String accept) {
        try {
            return RestTypes.answerType(accept);
        } catch (RestException notAcceptable) {
            return RestTypes.ANSWER;
        }
    }
}
