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
 * The door: whether a request is taken, decided on its head alone. In this order, the cheapest first:
 *
 * <ol>
 *   <li>nothing is taken just now (503),
 *   <li>more comes than can be worked on, and it has waited for too long; a body of up to {@value #SMALL} bytes is taken all the same
 *       (503),
 *   <li>the body is longer than such a body may be (413),
 *   <li>who is asking: a key or token that is not valid (401), none where one is needed (401), one that is not for the topic (403),
 *   <li>the client's rate is used up (429),
 *   <li>there is no room in flight (503).
 * </ol>
 *
 * <p>May be called from any thread. Nothing in it blocks or takes longer than a microsecond or two.
 */
public final class Admission {
    /** The longest body that is taken however late: of what such a request costs, most is HTTP, which a refusal costs too. */
    static final int SMALL = 4 << 10;

    private static final Rejection NO_KEY =
            Rejection.of(Reason.NO_KEY, "this topic needs a key: Authorization: Bearer KEY, or X-API-Key");
    private static final Rejection NOT_FOR_TOPIC =
            Rejection.of(Reason.NO_RIGHT, "the key or token does not allow to write to this topic");
    /** What is kept for a body of unknown length, until more of it has come. */
    private static final long UNKNOWN_LENGTH = 64 << 10;

    private final Credentials credentials;
    private final Proxies proxies;
    private final Writers writers;
    private final Limits limits;
    private final RateLimiters clients;
    private final InFlight inFlight;
    private volatile String closed;

    /** Taken, not taken, or to be decided once the token was looked at. */
    public sealed interface Decision permits Permit, Rejection, UnverifiedToken {}

    /** Who may write to which topic, as far as the topic says it. */
    public interface Writers {
        /**
         * Whether somebody may. Where anybody may, it is not looked at whose key is shown.
         *
         * @param name as in {@link Permit#caller}; null for anybody
         */
        boolean may(String topic, String name);
    }

    /**
     * How much is taken.
     *
     * @param rate of a client whose key does not say another one
     * @param clients how many clients are remembered
     * @param window the bytes that are charged at first for a body at most: what is held of it before any of it is read
     */
    public record Limits(Rate rate, long clients, long window) {}

    /** Takes its parts. {@code keys} and {@code tokens} give those that hold now. */
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

    /** Takes nothing from now on, for this reason, which is told to those who ask. */
    public void close(String reason) {
        closed = reason;
    }

    /** Takes requests again. */
    public void open() {
        closed = null;
    }

    /** Who a connection is from. To be asked once for each connection, and handed over with each request of it. */
    public Peer peer(InetAddress address) {
        return proxies.peer(address);
    }

    /**
     * Whether a peer may have a new connection now; counts nothing.
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
     * @return null if the peer has more than its share: the connection is to be closed
     */
    public ConnectionLease connect(Peer peer, int free) {
        ClientShare share = inFlight.acquire(peer.client(), false);
        if (peer.proxy() || share.connect(free)) {
            return new ConnectionLease(inFlight, share);
        }
        inFlight.release(share);
        return null;
    }

    /** Decides; a {@link Permit} holds room until it is closed. */
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
