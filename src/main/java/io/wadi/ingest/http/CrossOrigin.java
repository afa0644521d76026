package io.wadi.ingest.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.wadi.ingest.HttpAnswers;
import java.util.List;

/**
 * What pages of other origins may do (the CORS protocol of the Fetch standard): send events from the listed origins, and read
 * the answers. Credentials are never allowed.
 */
final class CrossOrigin {
    private static final String ANY = "*";
    private static final int NO_CONTENT = 204;
    private static final int FORBIDDEN = 403;

    private final List<String> origins;
    private final boolean any;

    /** Takes the origins, or {@code *} for any. */
    CrossOrigin(List<String> origins) {
        this.origins = List.copyOf(origins);
        this.any = origins.contains(ANY);
    }

    /**
     * Whether the request is answered with this: it only asks what it may do, or its page may do nothing. Otherwise its answer
     * has got the headers by which the page may read it.
     */
    boolean answers(HttpServerRequest request) {
        String origin = request.headers().get("Origin");
        if (origin == null) {
            return false;
        }
        HttpServerResponse response = request.response();
        if (!any) {
            response.putHeader("Vary", "Origin");
        }
        if (!any && !origins.contains(origin)) {
            Responses.error(response, FORBIDDEN, "wadi.http.origins does not list the origin of this page");
            return true;
        }
        response.putHeader("Access-Control-Allow-Origin", any ? ANY : origin);
        if (request.method().name().equals("OPTIONS") && request.headers().contains("Access-Control-Request-Method")) {
            response.putHeader("Access-Control-Allow-Methods", "GET, POST")
                    .putHeader("Access-Control-Allow-Headers", "content-type, idempotency-key")
                    .putHeader("Access-Control-Max-Age", "7200")
                    .setStatusCode(NO_CONTENT)
                    .end();
            return true;
        }
        response.putHeader("Access-Control-Expose-Headers", HttpAnswers.RETRY_AFTER);
        return false;
    }
}
