package io.wadi.ingest.admission;

import io.github.bucket4j.TimeMeter;
import io.netty.util.AsciiString;
import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.ingest.auth.ApiKey;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.auth.Principal;
import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.ClientShare;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Rate;
import io.wadi.ingest.limits.RateLimiters;
import io.wadi.runtime.security.JwtVerifier;
import java.net.InetAddress;
import java.time.Clock;
import java.util.function.Supplier;

/** Authenticates requests by their API key or token. Thread-safe. */
final class Credentials {
    static final Rejection INVALID = Rejection.of(Reason.UNAUTHORIZED, "the key or token is invalid");
    private static final Rejection TOO_LONG = Rejection.of(Reason.UNAUTHORIZED, JwtVerifier.TOO_LONG);
    private static final Rejection EXPIRED = Rejection.of(Reason.UNAUTHORIZED, "the key or token has expired");
    private static final CharSequence API_KEY = AsciiString.cached("X-API-Key");
    private static final CharSequence AUTHORIZATION = AsciiString.cached("Authorization");
    private static final String BEARER = "Bearer ";
    /** The rate limit of new tokens from one address: verifying a token costs as much as comparing a thousand keys. */
    private static final Rate NEW_TOKENS = new Rate(20, 50);

    private final Supplier<ApiKeys> keys;
    private final Supplier<JwtKeys> tokens;
    private final RateLimiters newTokens;
    private final InFlight inFlight;
    private final Clock clock;

    /**
     * The result of authenticating one request.
     *
     * @param principal null for an anonymous request, and if there is a decision
     * @param decision null if the request is authenticated or anonymous
     */
    record Result(Principal principal, Admission.Decision decision) {
        private static final Result ANONYMOUS = new Result(null, null);

        private static Result decided(Admission.Decision decision) {
            return new Result(null, decision);
        }
    }

    Credentials(
            Supplier<ApiKeys> keys,
            Supplier<JwtKeys> tokens,
            long clients,
            InFlight inFlight,
            Clock clock,
            TimeMeter time) {
        this.keys = keys;
        this.tokens = tokens;
        this.newTokens = new RateLimiters(clients, time);
        this.inFlight = inFlight;
        this.clock = clock;
    }

    /**
     * Authenticates a request. A request is anonymous if it has no key or token, or if neither are configured.
     *
     * @param address the client's address
     */
    Result authenticate(RequestHead request, InetAddress address) {
        ApiKeys knownKeys = keys.get();
        JwtKeys knownTokens = tokens.get();
        if (!knownKeys.areConfigured() && !knownTokens.areConfigured()) {
            return Result.ANONYMOUS;
        }
        String presented = presented(request);
        if (presented == null) {
            return Result.ANONYMOUS;
        }
        if (presented.startsWith(ApiKey.PREFIX)) {
            return result(knownKeys.find(presented));
        }
        if (knownTokens.isEmpty()) {
            return Result.decided(INVALID);
        }
        if (presented.length() > JwtVerifier.MAX_LENGTH) {
            return Result.decided(TOO_LONG);
        }
        Principal verified = knownTokens.verified(presented);
        return verified == null ? newToken(knownTokens, presented, address) : result(verified);
    }

    private Result result(Principal principal) {
        if (principal == null) {
            return Result.decided(INVALID);
        }
        return principal.until() <= clock.millis() ? Result.decided(EXPIRED) : new Result(principal, null);
    }

    private Result newToken(JwtKeys known, String token, InetAddress address) {
        int wait = newTokens.find(address, NEW_TOKENS).take();
        if (wait > 0) {
            return Result.decided(new Rejection(Reason.RATE, "too many new tokens come from this address", wait));
        }
        long bytes = (long) Character.BYTES * token.length();
        ClientShare share = inFlight.enter(address, false, bytes);
        return Result.decided(
                share == null
                        ? Rejection.soon(Reason.IN_FLIGHT_LIMIT, Charge.LIMIT_REACHED)
                        : new UnverifiedToken(known, token, address, share, bytes));
    }

    private static String presented(RequestHead request) {
        String key = request.header(API_KEY);
        if (key != null) {
            return key;
        }
        String authorization = request.header(AUTHORIZATION);
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return authorization.substring(BEARER.length()).strip();
        }
        return request.queryKey();
    }
}
