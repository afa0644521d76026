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
import io.wadi.runtime.security.Peer;
import io.wadi.runtime.security.Proxies;
import java.net.InetAddress;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * Admission control of requests, decided on the head alone. The checks, cheapest first:
 *
 * <ol>
 *   <li>ingest is closed (503);
 *   <li>the event loop is overloaded and the request has waited too long, unless its body has at most {@value #SMALL}
 *       bytes (503);
 *   <li>the body is longer than allowed (413);
 *   <li>authentication and authorization: an invalid key or token (401), none where one is needed (401), one without
 *       permission for the topic (403);
 *   <li>the client's rate is exhausted (429);
 *   <li>no room in flight (503).
 * </ol>
 *
 * <p>Thread-safe. No check blocks or takes longer than a microsecond or two.
 */
public final class Admission {
    /**
     * The longest body that is admitted however late: most of the cost of such a request is HTTP, which a rejection
     * costs too.
     */
    static final int SMALL = 4 << 10;

    private static final Rejection NO_KEY =
            Rejection.of(Reason.NO_KEY, "this topic needs a key: Authorization: Bearer KEY, or X-API-Key");
    private static final Rejection NOT_FOR_TOPIC =
            Rejection.of(Reason.NO_RIGHT, "the key or token does not allow to write to this topic");
    /** The charge for a body of unknown length until more of it arrives. */
    private static final long UNKNOWN_LENGTH = 64 << 10;

    private final Credentials credentials;
    private final Proxies proxies;
    private final Writers writers;
    private final Limits limits;
    private final RateLimiters clients;
    private final InFlight inFlight;
    private volatile String closed;

    /** Admitted, rejected, or pending until the token is verified. */
    public sealed interface Decision permits Permit, Rejection, UnverifiedToken {}

    /** The clients that topics declare as their writers. */
    public interface Writers {
        /**
         * Returns whether a client may write to a topic. Keys are not checked for topics that are open to all.
         *
         * @param name as in {@link Permit#caller}; null for anonymous clients
         */
        boolean may(String topic, String name);
    }

    /**
     * Limits of admission.
     *
     * @param rate of a client whose key declares none
     * @param clients maximum number of clients whose rates are remembered
     * @param window maximum bytes charged at first for a body, before any of it is read
     */
    public record Limits(Rate rate, long clients, long window) {}

    /** Creates admission control; {@code keys} and {@code tokens} supply the current ones. */
    public Admission(
            Supplier<ApiKeys> keys,
            Supplier<JwtKeys> tokens,
            Proxies proxies,
            Writers writers,
            Limits limits,
            InFlight inFlight,
            Clock clock,
            TimeMeter time) {
        this.credentials = new Credentials(keys, tokens, limits.clients(), clock, time);
        this.proxies = proxies;
        this.writers = writers;
        this.limits = limits;
        this.clients = new RateLimiters(limits.clients(), time);
        this.inFlight = inFlight;
    }

    /** Rejects all requests from now on, with this reason. */
    public void close(String reason) {
        closed = reason;
    }

    /** Admits requests again. */
    public void open() {
        closed = null;
    }

    /** Returns the remote end of a connection, to be looked up once and passed with each of its requests. */
    public Peer peer(InetAddress address) {
        return proxies.peer(address);
    }

    /**
     * Returns whether a peer may have one more connection now; counts nothing.
     *
     * @param free how many more connections there may be in all
     */
    public boolean mayConnect(Peer peer, int free) {
        return peer.proxy() || inFlight.mayConnect(peer.client(), free);
    }

    /**
     * Counts a new connection of a peer.
     *
     * @param free how many more connections there may be in all
     * @return null if the peer has more than its share: close the connection
     */
    public ConnectionLease connect(Peer peer, int free) {
        ClientShare share = inFlight.acquire(peer.client(), false);
        if (peer.proxy() || share.connect(free)) {
            return new ConnectionLease(inFlight, share);
        }
        inFlight.release(share);
        return null;
    }

    /** Decides whether to admit a request; a {@link Permit} holds memory until it is closed. */
    public Decision admit(RequestHead request) {
        String reason = closed;
        if (reason != null) {
            return Rejection.soon(Reason.CLOSED, reason);
        }
        if (request.isLate() && !isSmall(request.contentLength())) {
            return Rejection.soon(Reason.LATE, "more is sent than can be worked on");
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
        Rejection noRight = right(request.topic(), principal);
        return noRight == null ? enter(request, principal, address) : noRight;
    }

    private static boolean isSmall(long contentLength) {
        return contentLength >= 0 && contentLength <= SMALL;
    }

    private InetAddress address(RequestHead request) {
        Peer peer = request.peer();
        return peer.proxy() ? proxies.client(peer, request.header("X-Forwarded-For")) : peer.client();
    }

    private Rejection right(String topic, Principal principal) {
        if (topic == null || writers.may(topic, null)) {
            return null;
        }
        if (principal == null) {
            return NO_KEY;
        }
        return principal.topics().match(topic) && writers.may(topic, principal.name()) ? null : NOT_FOR_TOPIC;
    }

    private Decision enter(RequestHead request, Principal principal, InetAddress address) {
        String caller = principal == null ? null : principal.name();
        Rate rate = principal == null || principal.rate() == null ? limits.rate() : principal.rate();
        RateLimiter client = clients.find(caller == null ? address : caller, rate);
        int wait = client.take();
        if (wait > 0) {
            return new Rejection(Reason.RATE, "this client sends more than it may", wait);
        }
        long bytes = bytes(request.contentLength());
        ClientShare share = inFlight.enter(caller == null ? address : caller, caller != null, bytes);
        if (share == null) {
            client.giveBack();
            return Rejection.soon(Reason.NO_ROOM, Charge.NO_ROOM);
        }
        return new Permit(share, bytes, client, caller, topic -> right(topic, principal) == null);
    }

    private long bytes(long contentLength) {
        long wanted = contentLength < 0 ? UNKNOWN_LENGTH : contentLength;
        return Math.min(wanted, Math.min(limits.window(), inFlight.maxBytes()));
    }
}
