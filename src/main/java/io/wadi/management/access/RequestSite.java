package io.wadi.management.access;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.wadi.runtime.security.HostNames;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Protection against DNS rebinding (RFC 9110, {@code Host}) and cross-site requests ({@code Sec-Fetch-Site}).
 * Thread-safe.
 */
record RequestSite(HostNames hosts) {
    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

    /** Returns the denial of a request with an invalid or unknown {@code Host}; empty if it is allowed. */
    Optional<AccessDenial> invalidHost(HttpServerRequest request) {
        int count = request.headers().getAll("Host").size();
        if (count == 1 ? host(request).isEmpty() : count > 1 || request.version() == HttpVersion.HTTP_1_1) {
            return Optional.of(new AccessDenial(
                    400,
                    AccessDenial.Cause.HOST_HEADER,
                    "The request has %s: expected exactly one Host header, with a name or an address"
                            .formatted(count == 1 ? "an invalid Host header" : count + " Host headers")));
        }
        // Health probes may use HTTP/1.0 without a Host; browsers do not use it.
        if (count == 0 && request.version() == HttpVersion.HTTP_1_0) {
            return Optional.empty();
        }
        return hosts.allows(host(request))
                ? Optional.empty()
                : Optional.of(new AccessDenial(
                        403,
                        AccessDenial.Cause.HOST_NAME,
                        "Host \"%s\" is not allowed: expected an IP address, localhost or a name in wadi.management.host-names"
                                .formatted(host(request))));
    }

    /**
     * Returns the denial of a request that a page of another site has sent; empty if it is allowed. Browsers send
     * {@code Sec-Fetch-Site} over HTTPS and to localhost, and {@code Origin} with changes.
     */
    static Optional<AccessDenial> crossSite(HttpServerRequest request, boolean isPage) {
        String site = request.getHeader("Sec-Fetch-Site");
        boolean isLink = request.method().equals(HttpMethod.GET)
                && "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
                && "document".equals(request.getHeader("Sec-Fetch-Dest"))
                && isPage;
        if (site != null && !OWN_SITE.contains(site) && !isLink) {
            return Optional.of(new AccessDenial(
                    403,
                    AccessDenial.Cause.OTHER_SITE,
                    "A page of another site sent this request (Sec-Fetch-Site: %s): such pages may only link to the page"
                            .formatted(site)));
        }
        return isCrossOrigin(request)
                ? Optional.of(new AccessDenial(
                        403,
                        AccessDenial.Cause.OTHER_SITE,
                        "A page of another origin sent this request: such pages may only link to the page"))
                : Optional.empty();
    }

    private static String host(HttpServerRequest request) {
        return request.authority() == null ? "" : request.authority().toString();
    }

    private static boolean isCrossOrigin(HttpServerRequest request) {
        String origin = request.getHeader("Origin");
        if (origin == null) {
            return false;
        }
        try {
            URI page = URI.create(origin);
            // A browser leaves out the default port, which a proxy may add to Host.
            String defaultPort = "https".equalsIgnoreCase(page.getScheme()) ? ":443" : ":80";
            return Stream.of("", defaultPort)
                    .noneMatch(port -> (page.getAuthority() + port).equalsIgnoreCase(host(request)));
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}
