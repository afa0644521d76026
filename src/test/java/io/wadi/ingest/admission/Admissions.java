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

/** Admissions for tests of what is behind them. */
public final class Admissions {
    private Admissions() {}

    /** An admitted request that holds so many bytes of this pool. */
    public static Permit permit(InFlight inFlight, long bytes) {
        return new Permit(inFlight.enter("client", false, bytes), bytes, RateLimiter.UNLIMITED, null, topic -> true);
    }

    /** Admits every request, without limits. */
    public static Admission allowAll() {
        return of(ApiKeys.NONE, JwtKeys.NONE, Rate.of(0, 0), new InFlight(1000, 1 << 30, 1 << 30, false));
    }

    /**
     * Admits clients with a key or token, at this rate where they define none, while there is room; the topic {@code
     * open} is open. No time passes for rates: what is used up stays used up.
     */
    public static Admission of(ApiKeys keys, JwtKeys tokens, Rate rate, InFlight inFlight) {
        boolean isForAll = keys.count() == 0 && tokens.isEmpty();
        return new Admission(
                () -> keys,
                () -> tokens,
                Proxies.parse(""),
                (topic, name) -> isForAll || name != null || topic.equals("open"),
                new Admission.Limits(rate, 1000, 1 << 20),
                inFlight,
                Clock.systemUTC(),
                rate.isUnlimited() ? TimeMeter.SYSTEM_NANOTIME : new ManualTime());
    }
}
