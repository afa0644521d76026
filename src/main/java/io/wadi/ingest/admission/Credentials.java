package io.wadi.ingest.admission;

import io.github.bucket4j.TimeMeter;
import io.netty.util.AsciiString;
import io.wadi.ingest.admission.Refusal.Reason;
import java.time.Clock;
import java.util.function.Supplier;

/** Finds out who is asking, by the key or token that a request shows. */
final class Credentials {
    static final Refusal UNKNOWN = Refusal.of(Reason.NO_KEY, "the key or token is not valid here");
    private static final Refusal EXPIRED = Refusal.of(Reason.NO_KEY, "the time of the key or token is over");
    private static final CharSequence API_KEY = AsciiString.cached("X-API-Key");
    private static final CharSequence AUTHORIZATION = AsciiString.cached("Authorization");
    private static final String BEARER = "Bearer ";
    /** Tokens from one address that were not seen before, genuine or not: looking at one costs as much as a thousand keys. */
    private static final Rate NEW_TOKENS = new Rate(20, 50);

    private final Supplier<ApiKeys> keys;
    private final Supplier<JwtKeys> tokens;
    private final Clients lookers;
    private final Clock clock;

    /** Who is asking, a token to be looked at first, or the answer. */
    sealed interface Found permits Grant, NewToken, Refusal {}

    Credentials(Supplier<ApiKeys> keys, Supplier<JwtKeys> tokens, long clients, Clock clock, TimeMeter time) {
        this.keys = keys;
        this.tokens = tokens;
        this.lookers = new Clients(clients, time);
        this.clock = clock;
    }

    /**
     * Finds out who is asking.
     *
     * @param address where the request comes from
     * @return null where no key or token is shown, or none is asked for here
     */
    Found find(RequestHead request, Object address) {
        ApiKeys knownKeys = keys.get();
        JwtKeys knownTokens = tokens.get();
        if (knownKeys.count() == 0 && knownTokens.isEmpty()) {
            return null;
        }
        String shown = shown(request);
        if (shown == null) {
            return null;
        }
        Found found = shown.startsWith(ApiKey.PREFIX) ? knownKeys.find(shown) : token(shown, knownTokens, address);
        if (found == null) {
            return UNKNOWN;
        }
        return found instanceof Grant grant && grant.until() <= clock.millis() ? EXPIRED : found;
    }

    private Found token(String shown, JwtKeys known, Object address) {
        if (known.isEmpty()) {
            return null;
        }
        Grant grant = known.remembered(shown);
        if (grant != null) {
            return grant;
        }
        int wait = lookers.find(address, NEW_TOKENS).take();
        return wait == 0
                ? new NewToken(known, shown)
                : new Refusal(Reason.RATE, "too many new tokens come from this address", wait);
    }

    private static String shown(RequestHead request) {
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
