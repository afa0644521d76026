package io.wadi.ingest.browser;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The CORS policy (Fetch standard): pages of the listed origins, or of any origin, may send events. Credentials are
 * never allowed, and a response contains the origin as it is listed instead of echoing the request. Requests from other
 * origins are rejected: if only their responses were hidden, their events would still be written to Kafka.
 */
public final class CrossOrigin {
    private static final String ANY = "*";
    private static final Map<String, String> VARIES = Map.of("Vary", "Origin");
    private static final Map<String, String> EXPOSED =
            Map.of("Access-Control-Expose-Headers", "Retry-After, Preference-Applied");
    /** The headers are listed individually, since a wildcard does not include Authorization. */
    private static final String REQUEST_HEADERS =
            "accept, authorization, content-encoding, content-type, idempotency-key, prefer, traceparent, tracestate,"
                    + " x-api-key, ce-specversion, ce-id, ce-source, ce-type, ce-subject, ce-time, ce-dataschema,"
                    + " ce-partitionkey";

    /** The headers of responses by origin, or by {@code *} for any. */
    private final Map<String, Map<String, String>> responses = new HashMap<>();

    private final Map<String, Map<String, String>> preflights = new HashMap<>();
    private final Map<String, String> withoutOrigin;
    private final boolean any;

    /**
     * Creates the policy.
     *
     * @param origins the allowed origins; {@code *} for any
     * @param recordHeaders the request headers that become record headers, in lower case
     * @throws IllegalArgumentException for an invalid origin
     */
    public CrossOrigin(List<String> origins, Collection<String> recordHeaders) {
        any = origins.contains(ANY);
        withoutOrigin = any ? Map.of() : VARIES;
        Map<String, String> preflight = preflight(recordHeaders);
        for (String origin : origins) {
            if (!origin.equals(ANY) && !isOrigin(origin)) {
                throw new IllegalArgumentException(
                        "found %s, expected * or an origin such as https://shop.example or http://localhost:3000: scheme,"
                                        .formatted(origin)
                                + " host in lower case and, unless it is the scheme's default, port");
            }
            Map<String, String> allow = origin.equals(ANY) ? allow(ANY) : merged(allow(origin), VARIES);
            responses.put(origin, merged(allow, EXPOSED));
            preflights.put(origin, merged(allow, preflight));
        }
    }

    /**
     * Returns the CORS headers of every response to a request, including errors.
     *
     * @param origin the request's {@code Origin}; null if absent, because the request is not from a page's script
     * @return the headers; empty if the origin is not allowed and the response is 403
     */
    public Optional<Map<String, String>> answer(String origin) {
        return Optional.ofNullable(origin == null ? withoutOrigin : responses.get(any ? ANY : origin));
    }

    /**
     * Returns the CORS headers of a response to a request with an invalid head, of which the header {@code Origin} may
     * not have been read: pages can read the response only if any origin is allowed.
     */
    public Map<String, String> answerToUnread() {
        return any ? responses.get(ANY) : VARIES;
    }

    /**
     * Returns the headers of the 204 response to a preflight request: {@code OPTIONS} with {@code
     * Access-Control-Request-Method} and this {@code Origin}.
     *
     * @return the headers; empty if the origin is not allowed and the response is 403
     */
    public Optional<Map<String, String>> preflight(String origin) {
        return Optional.ofNullable(preflights.get(any ? ANY : origin));
    }

    private static Map<String, String> preflight(Collection<String> recordHeaders) {
        Set<String> headers = new LinkedHashSet<>(List.of(REQUEST_HEADERS.split(", ", -1)));
        headers.addAll(new TreeSet<>(recordHeaders));
        return Map.of(
                "Access-Control-Allow-Methods", "GET, POST",
                "Access-Control-Allow-Headers", String.join(", ", headers),
                "Access-Control-Max-Age", "7200");
    }

    private static Map<String, String> allow(String origin) {
        return Map.of("Access-Control-Allow-Origin", origin);
    }

    private static Map<String, String> merged(Map<String, String> one, Map<String, String> other) {
        Map<String, String> both = new HashMap<>(one);
        both.putAll(other);
        return Map.copyOf(both);
    }

    private static boolean isOrigin(String text) {
        try {
            URI uri = new URI(text);
            boolean isHttps = "https".equals(uri.getScheme());
            boolean isHttp = "http".equals(uri.getScheme());
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            return (isHttps || isHttp)
                    && uri.getHost() != null
                    && uri.getPort() != (isHttps ? 443 : 80) // Browsers leave out the default port.
                    && text.equals(uri.getScheme() + "://" + uri.getHost() + port)
                    && text.equals(text.toLowerCase(Locale.ROOT));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
