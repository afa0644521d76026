package io.wadi.ingest.request;

import io.wadi.ingest.browser.PixelEvent;
import io.wadi.ingest.rest.RestError;
import io.wadi.ingest.rest.RestException;
import io.wadi.ingest.rest.RestTypes;
import java.util.Map;

/**
 * The format of a path's responses, including rejections before a request reaches its route: clients expect the format
 * of their protocol.
 */
public enum ResponseFormat {
    /** JSON; a rejection is {@code {"error": reason}}. */
    EVENTS {
        @Override
        public Map<String, String> headers(String accept) {
            return Map.of();
        }

        @Override
        public byte[] rejection(int status, String reason) {
            return HttpResponses.error(reason);
        }
    },
    /** The Kafka REST API; a rejection is {@code {"error_code":…,"message":…}}. */
    REST {
        @Override
        public Map<String, String> headers(String accept) {
            return Map.of(TYPE, restType(accept));
        }

        /** Returns the body of a rejection; 404 here means an unknown path, whereas 40401 is an unknown topic. */
        @Override
        public byte[] rejection(int status, String reason) {
            RestError error =
                    status == NOT_FOUND ? new RestError(status, status, reason) : RestError.of(status, reason);
            return error.body();
        }
    },
    /** The image of the pixel whatever the outcome, so that no page or mail shows a broken image. */
    PIXEL {
        @Override
        public Map<String, String> headers(String accept) {
            return Map.of(TYPE, GIF, "Cache-Control", "no-store");
        }

        @Override
        public byte[] rejection(int status, String reason) {
            return PixelEvent.gif();
        }
    };

    private static final String TYPE = "Content-Type";
    private static final String GIF = "image/gif";
    private static final int NOT_FOUND = 404;

    public static ResponseFormat of(String path) {
        if (path.equals("/topics") || path.startsWith("/topics/")) {
            return REST;
        }
        return path.equals("/pixel.gif") ? PIXEL : EVENTS;
    }

    /**
     * Returns the format of a response for which the {@link #headers} of its format are set.
     *
     * @param type the Content-Type of the response; null if none is set
     */
    public static ResponseFormat ofType(String type) {
        if (type == null) {
            return EVENTS;
        }
        return type.equals(GIF) ? PIXEL : REST;
    }

    /**
     * Returns the headers of every response of this format, unless a response sets another Content-Type.
     *
     * @param accept the request's {@code Accept} header; null if absent
     */
    public abstract Map<String, String> headers(String accept);

    /** Returns the body of a rejection. */
    public abstract byte[] rejection(int status, String reason);

    /** Returns the media type of a response; the API's own type if the client accepts none of its types. */
    private static String restType(String accept) {
        try {
            return RestTypes.answerType(accept);
        } catch (RestException notAcceptable) {
            return RestTypes.ANSWER;
        }
    }
}
