package io.wadi.ingest.admission;

import io.github.bucket4j.TimeMeter;
import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.auth.Principal;
import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.ClientShare;
import io.wadi.ingest.limits.ConnectionLease;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Rate;
import io.wadi.ingest.limits.RateLimiter;
import io.wadi.ingest.limits.RateLimiters;
import io.wadi.runtime.security.HostNames;
import io.wadi.runtime.security.Loopback;
import io.wadi.runtime.security.Peer;
import io.wadi.runtime.security.Proxies;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Admission control of requests, which is decided on their head alone. Routes that are stopping or paused reject
 * requests before admission ({@link Reason#CLOSED}). The checks, cheapest first:
 *
 * <ol>
 *   <li>the event loop is overloaded and the request has waited too long, unless its body has at most
 *       {@value #SMALL_BODY} bytes (503);
 *   <li>the body is longer than allowed (413);
 *   <li>authentication and authorization: the key or token is invalid (401), missing although required (401), or has no
 *       permission for the topic (403);
 *   <li>the client's rate is exhausted (429);
 *   <li>the limit of requests or bytes in flight, or the client's share of it, is reached (503).
 * </ol>
 *
 * <p>Thread-safe. No check blocks or takes longer than a microsecond or two.
 */
public final class Admission {
    /** Bodies up to this size are admitted at any delay: a rejection would cost nearly as much as the request. */
    static final int SMALL_BODY = 4 << 10;

    private static final Rejection UNAUTHORIZED =
            Rejection.of(Reason.UNAUTHORIZED, "this topic requires a key: Authorization: Bearer KEY, or X-API-Key");
    private static final Rejection NOT_LOCAL = Rejection.of(
            Reason.UNAUTHORIZED,
            "no keys are configured (wadi.ingest.keys-file): only programs and pages on this machine may write to this"
                    + " topic, and this request is from a page of another site, its Host is a name other than localhost"
                    + " and wadi.http.host, or a proxy has forwarded it");
    private static final Rejection NO_PERMISSION =
            Rejection.of(Reason.FORBIDDEN, "the key or token does not permit writing to this topic");
    /** The values of {@code Sec-Fetch-Site} for pages of this machine and for addresses that the user has entered. */
    private static final Set<String> OWN_SITES = Set.of("same-origin", "same-site", "none");
    /** The charge for a body of unknown length until more of it arrives. */
    private static final long UNKNOWN_LENGTH = 64 << 10;

    private final Credentials credentials;
    private final Proxies proxies;
    private final WritePermissions permissions;
    private final Optional<HostNames> localNames;
    private final Limits limits;
    private final RateLimiters clients;
    private final InFlight inFlight;

    /** A decision: admitted, rejected, or pending until the token is verified. */
    public sealed interface Decision permits Permit, Rejection, UnverifiedToken {}

    /** The clients that may write to each topic. */
    public interface WritePermissions {
        /**
         * Returns whether a client may write to a topic. Topics that anonymous clients may write to are open to all.
         *
         * @param name the name of the client as in {@link Permit#caller}; null for anonymous clients
         * @param isLocal whether the request is anonymous, its {@code Host} is a name of this machine, no page of
         *     another machine has sent it, and it has no header of a proxy, which may have forwarded it from another
         *     machine
         */
        boolean allow(String topic, String name, boolean isLocal);
    }

    /**
     * Limits of admission.
     *
     * @param rate the default rate of a client
     * @param clients maximum number of clients with tracked rates
     * @param window maximum bytes charged for a body at admission, before any of it is read
     */
    public record Limits(Rate rate, long clients, long window) {}

    /**
     * Creates admission control.
     *
     * @param keys supplies the current keys
     * @param tokens supplies the current verifier of tokens
     * @param localNames the names of this machine in requests that are treated as local: with DNS rebinding,
     *     {@code Host} is the name of the malicious page. Empty if no request is local
     */
    public Admission(
            Supplier<ApiKeys> keys,
            Supplier<JwtKeys> tokens,
            Proxies proxies,
            WritePermissions permissions,
            Optional<HostNames> localNames,
            Limits limits,
            InFlight inFlight,
            Clock clock,
            TimeMeter time) {
        this.credentials = new Credentials(keys, tokens, limits.clients(), inFlight, clock, time);
        this.proxies = proxies;
        this.permissions = permissions;
        this.localNames = localNames;
        this.limits = limits;
        this.clients = new RateLimiters(limits.clients(), time);
        this.inFlight = inFlight;
    }

    /** Returns the remote end of a connection, which is passed with each of the connection's requests. */
    public Peer peer(InetAddress address) {
        return proxies.peer(address);
    }

    /**
     * Returns whether a peer may have another connection now, without counting one.
     *
     * @param free the number of connections below the global limit
     */
    public boolean mayConnect(Peer peer, int free) {
        return peer.proxy() || inFlight.mayConnect(peer.client(), free);
    }

    /**
     * Counts a new connection of a peer.
     *
     * @param free the number of connections below the global limit
     * @return the connection's lease; null if the peer's share is exhausted, and the caller closes the connection
     */
    public ConnectionLease connect(Peer peer, int free) {
        ClientShare share = inFlight.acquire(peer.client(), false);
        if (peer.proxy() || share.connect(free)) {
            return new ConnectionLease(inFlight, share);
        }
        inFlight.release(share);
        return null;
    }

    /**
     * Decides whether to admit a request. The memory of a {@link Permit} or {@link UnverifiedToken} is charged until it
     * is closed.
     */
    public Decision admit(RequestHead request) {
        if (request.isLate() && !isSmall(request.contentLength())) {
            return Rejection.soon(Reason.OVERLOADED, "the server is overloaded");
        }
        if (request.contentLength() > request.maxBody()) {
            return Rejection.of(Reason.TOO_LARGE, "the body is longer than %d bytes".formatted(request.maxBody()));
        }
        InetAddress address = address(request);
        Credentials.Result client = credentials.authenticate(request, address);
        if (client.decision() != null) {
            return client.decision();
        }
        Principal principal = client.principal();
        boolean isLocal = principal == null && localNames.isPresent() && isLocal(request, localNames.get());
        Rejection forbidden = authorize(request.topic(), principal, isLocal);
        return forbidden == null ? enter(request, principal, isLocal, address) : forbidden;
    }

    private static boolean isLocal(RequestHead request, HostNames names) {
        String host = request.host();
        return (host == null || names.allows(host))
                && !isOfAnotherSite(request)
                && !Proxies.isForwarded(request::header);
    }

    /**
     * Returns whether a page of another machine has sent the request. Browsers send no {@code Origin} for an image, but
     * {@code Sec-Fetch-Site} to localhost.
     */
    private static boolean isOfAnotherSite(RequestHead request) {
        String origin = request.header("Origin");
        String site = request.header("Sec-Fetch-Site");
        return origin == null ? site != null && !OWN_SITES.contains(site) : !Loopback.isOrigin(origin);
    }

    private static boolean isSmall(long contentLength) {
        return contentLength >= 0 && contentLength <= SMALL_BODY;
    }

    private InetAddress address(RequestHead request) {
        Peer peer = request.peer();
        return peer.proxy() ? proxies.client(peer, request.header("X-Forwarded-For")) : peer.client();
    }

    private Rejection authorize(String topic, Principal principal, boolean isLocal) {
        if (topic == null || permissions.allow(topic, null, isLocal)) {
            return null;
        }
        if (principal == null) {
            return permissions.allow(topic, null, true) ? NOT_LOCAL : UNAUTHORIZED;
        }
        return principal.topics().match(topic) && permissions.allow(topic, principal.name(), false)
                ? null
                : NO_PERMISSION;
    }

    private Decision enter(RequestHead request, Principal principal, boolean isLocal, InetAddress address) {
        String caller = principal == null ? null : principal.name();
        Rate rate = principal == null || principal.rate() == null ? limits.rate() : principal.rate();
        RateLimiter client = clients.find(caller == null ? address : caller, rate);
        int wait = client.take();
        if (wait > 0) {
            return new Rejection(Reason.RATE, "the client exceeds its rate", wait);
        }
        long bytes = bytes(request.contentLength());
        ClientShare share = inFlight.enter(caller == null ? address : caller, caller != null, bytes);
        if (share == null) {
            client.refund();
            return Rejection.soon(Reason.IN_FLIGHT_LIMIT, Charge.LIMIT_REACHED);
        }
        return new Permit(share, bytes, client, caller, topic -> authorize(topic, principal, isLocal) == null);
    }

    private long bytes(long contentLength) {
        long wanted = contentLength < 0 ? UNKNOWN_LENGTH : contentLength;
        return Math.min(wanted, Math.min(limits.window(), inFlight.maxBytes()));
    }
}
