package io.wadi.ingest.admission;

import io.github.bucket4j.TimeMeter;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.ManualTime;
import io.wadi.ingest.limits.Rate;
import io.wadi.ingest.limits.RateLimiter;
import io.wadi.runtime.security.Proxies;
import java.time.Clock;
import java.util.Optional;

/** Admissions and permits for tests of other classes. */
public final class Admissions {
    private Admissions() {}

    /** Returns the permit of an admitted request that holds this many bytes of the pool. */
    public static Permit permit(InFlight inFlight, long bytes) {
        return new Permit(inFlight.enter("client", false, bytes), bytes, RateLimiter.UNLIMITED, null, topic -> true);
    }

    /** Returns an admission that admits every request, without limits. */
    public static Admission allowAll() {
        return of(ApiKeys.NONE, JwtKeys.NONE, Rate.of(0, 0), new InFlight(1000, 1 << 30, 1 << 30, false));
    }

    /**
     * Returns an admission that requires a key or token, except for the topic {@code open}. This rate applies to
     * clients without a rate of their own. Time does not pass for rates: used tokens are not refilled.
     */
    public static Admission of(ApiKeys keys, JwtKeys tokens, Rate rate, InFlight inFlight) {
        return of(Proxies.parse(""), keys, tokens, rate, inFlight);
    }

    /** Like {@link #of(ApiKeys, JwtKeys, Rate, InFlight)}, behind these proxies. */
    public static Admission of(Proxies proxies, ApiKeys keys, JwtKeys tokens, Rate rate, InFlight inFlight) {
        boolean isForAll = keys.names().isEmpty() && tokens.isEmpty();
        return new Admission(
                () -> keys,
                () -> tokens,
                proxies,
                (topic, name, isLocal) -> isForAll || name != null || topic.equals("open"),
                Optional.empty(),
                new Admission.Limits(rate, 1000, 1 << 20),
                inFlight,
                Clock.systemUTC(),
                rate.isUnlimited() ? TimeMeter.SYSTEM_NANOTIME : new ManualTime());
    }
}
