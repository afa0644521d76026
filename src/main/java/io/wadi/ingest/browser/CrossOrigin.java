package io.wadi.ingest.browser;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which pages may send events: those of the origins in a list, or of any (the Fetch standard's CORS protocol). Credentials
 * are never allowed, and what the client sent is never echoed: an answer names the origin as the list has it. A page of
 * another origin is refused, not just kept from reading the answer; its events, beacons too, would be taken otherwise.
 */
public final class CrossOrigin {
    private static final String ANY = "*";
    private static final Map<String, String> VARIES = Map.of("Vary", "Origin");
    private static final Map<String, String> EXPOSED =
            Map.of("Access-Control-Expose-Headers", "Retry-After, Preference-Applied");
    /** Named one by one, since a wildcard does not cover Authorization. */
    private static final Map<String, String> PREFLIGHT = Map.of(
            "Access-Control-Allow-Methods", "GET, POST",
            "Access-Control-Allow-Headers",
                    "accept, authorization, content-encoding, content-type, idempotency-key, prefer, x-api-key,"
                            + " ce-specversion, ce-id, ce-source, ce-type, ce-subject, ce-time, ce-dataschema,"
                            + " ce-partitionkey",
            "Access-Control-Max-Age", "7200");

    /** By origin, or by {@code *} for any. */
    private final Map<String, Map<String, String>> answers = new HashMap<>();

    private final Map<String, Map<String, String>> preflights = new HashMap<>();
    private final Map<String, String> withoutOrigin;
    private final boolean any;

    /**
     * Takes the origins, {@code *} for any.
     *
     * @throws IllegalArgumentException where one is no origin
     */
    public CrossOrigin(List<String> origins) {
        any = origins.contains(ANY);
        withoutOrigin = any ? Map.of() : VARIES;
        for (String origin : origins) {
            if (!origin.equals(ANY) && !isOrigin(origin)) {
                throw new IllegalArgumentException(
                        "found %s, allowed is * or an origin such as https://shop.example or http://localhost:3000: scheme,"
                                        .formatted(origin)
                                + " host in small letters and, where it is not the scheme's own, port");
            }
            Map<String, String> allow = origin.equals(ANY) ? allow(ANY) : merged(allow(origin), VARIES);
            answers.put(origin, merged(allow, EXPOSED));
            preflights.put(origin, merged(allow, PREFLIGHT));
        }
    }

    /**
     * The headers of every answer to a request, errors too.
     *
     * @param origin the request's {@code Origin}; null for none: such a request comes from no script of a page
     * @return empty where the origin may not send: 403
     */
    public Optional<Map<String, String>> answer(String origin) {
        return Optional.ofNullable(origin == null ? withoutOrigin : answers.get(any ? ANY : origin));
    }

    /**
     * The headers of the answer 204 to a preflight request: {@code OPTIONS} with {@code Access-Control-Request-Method}, and
     * this {@code Origin}.
     *
     * @return empty where the origin may not send: 403
     */
    public Optional<Map<String, String>> preflight(String origin) {
        return Optional.ofNullable(preflights.get(any ? ANY : origin));
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
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            return web
                    && uri.getHost() != null
                    && text.equals(uri.getScheme() + "://" + uri.getHost() + port)
                    && text.equals(text.toLowerCase(Locale.ROOT));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
