package io.wadi.management.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Limits failed logins with token buckets:
 *
 * <ul>
 *   <li>per network: 10 at once and 10 a minute
 *   <li>per user and network: 10 at once and 1 a minute
 *   <li>per user from all networks: 100 at once and 2 a minute, more than the limits of one network allow
 * </ul>
 *
 * <p>The last limit does not apply to networks from which the user has logged in within 30 days, so that an attack from
 * other networks does not lock out the user. Thread-safe.
 */
final class LoginAttempts {
    private static final int OF_NETWORK = 10;
    private static final int OF_PAIR = 10;
    private static final int OF_USER = 100;
    private static final Duration NETWORK_REFILL = Duration.ofSeconds(6);
    private static final Duration PAIR_REFILL = Duration.ofMinutes(1);
    private static final Duration USER_REFILL = Duration.ofSeconds(30);
    private static final Duration KNOWN = Duration.ofDays(30);
    private static final int MAX_NAME_LENGTH = 64;

    private final TimeMeter clock;
    private final Cache<InetAddress, Bucket> networks;
    private final Cache<Pair, Bucket> pairs;
    private final Cache<String, Bucket> users;
    private final Cache<Pair, Boolean> known;

    private record Pair(String user, InetAddress network) {}

    /**
     * A login attempt. It counts as failed until {@link #succeeded} is called.
     *
     * @param retryAfter the delay until an attempt is allowed; zero if this attempt is allowed
     */
    record Attempt(Duration retryAfter, String user, InetAddress network, List<Bucket> counted) {
        boolean isAllowed() {
            return retryAfter.isZero();
        }
    }

    LoginAttempts(TimeMeter clock, int maxRemembered) {
        this.clock = clock;
        this.networks = cache(maxRemembered).build();
        this.pairs = cache(maxRemembered).build();
        this.users = cache(maxRemembered).build();
        this.known = cache(maxRemembered)
                .ticker(clock::currentTimeNanos)
                .expireAfterWrite(KNOWN)
                .build();
    }

    private static Caffeine<Object, Object> cache(int maxSize) {
        return Caffeine.newBuilder().maximumSize(maxSize).executor(Runnable::run);
    }

    /** Returns the delay until a login is allowed; zero if it is allowed now. Does not count an attempt. */
    Duration delay(String user, InetAddress network) {
        return delayed(shortened(user), network);
    }

    /** Begins an attempt and counts it as a failed login, if it is allowed. */
    synchronized Attempt begin(String user, InetAddress network) {
        String name = shortened(user);
        Duration delay = delayed(name, network);
        // A rejected attempt is not cached: invented user names could displace other entries of the caches.
        List<Bucket> buckets = delay.isZero() ? buckets(name, network) : List.of();
        buckets.forEach(each -> each.tryConsume(1));
        return new Attempt(delay, name, network, buckets);
    }

    /** Records that an attempt has succeeded: it no longer counts as a failed login. */
    void succeeded(Attempt attempt) {
        attempt.counted().forEach(each -> each.addTokens(1));
        known.put(new Pair(attempt.user(), attempt.network()), true);
    }

    /** Shortens a name, to bound the memory for invented user names. */
    private static String shortened(String name) {
        return name.length() <= MAX_NAME_LENGTH ? name : name.substring(0, MAX_NAME_LENGTH);
    }

    private List<Bucket> buckets(String user, InetAddress network) {
        Pair pair = new Pair(user, network);
        List<Bucket> buckets = new ArrayList<>();
        buckets.add(networks.get(network, bucket(OF_NETWORK, NETWORK_REFILL)));
        buckets.add(pairs.get(pair, bucket(OF_PAIR, PAIR_REFILL)));
        if (known.getIfPresent(pair) == null) {
            buckets.add(users.get(user, bucket(OF_USER, USER_REFILL)));
        }
        return buckets;
    }

    private Duration delayed(String user, InetAddress network) {
        Pair pair = new Pair(user, network);
        long nanos = Math.max(nanos(networks.getIfPresent(network)), nanos(pairs.getIfPresent(pair)));
        if (known.getIfPresent(pair) == null) {
            nanos = Math.max(nanos, nanos(users.getIfPresent(user)));
        }
        return Duration.ofNanos(nanos);
    }

    private static long nanos(Bucket bucket) {
        return bucket == null ? 0 : bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
    }

    private <K> Function<K, Bucket> bucket(int capacity, Duration refill) {
        return key -> Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(capacity)
                        .refillGreedy(1, refill)
                        .build())
                .withCustomTimePrecision(clock)
                .build();
    }
}
