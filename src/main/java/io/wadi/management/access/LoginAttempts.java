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
 * Limits failed logins: of one network 10 at once and 10 a minute; of one user from one network 10 at once and 1 a minute; of one
 * user from all networks 100 at once and 2 a minute, which one network alone cannot use up. The last does not hold for networks
 * from which the user has logged in within 30 days: whoever guesses a user's password elsewhere does not lock the user out there.
 * Thread-safe.
 */
final class LoginAttempts {
    private static final int OF_NETWORK = 10;
    private static final int OF_PAIR = 10;
    private static final int OF_USER = 100;
    private static final Duration NETWORK_REFILL = Duration.ofSeconds(6);
    private static final Duration PAIR_REFILL = Duration.ofMinutes(1);
    private static final Duration USER_REFILL = Duration.ofSeconds(30);
    private static final Duration KNOWN = Duration.ofDays(30);
    private static final int LONGEST_NAME = 64;

    private final TimeMeter clock;
    private final Cache<InetAddress, Bucket> networks;
    private final Cache<Pair, Bucket> pairs;
    private final Cache<String, Bucket> users;
    private final Cache<Pair, Boolean> known;

    private record Pair(String user, InetAddress network) {}

    /**
     * An attempt, counted as failed until it has {@link #succeeded}.
     *
     * @param retryAfter how long until it is allowed; zero where it is
     */
    record Attempt(Duration retryAfter, String user, InetAddress network, List<Bucket> counted) {
        boolean isAllowed() {
            return retryAfter.isZero();
        }
    }

    /** Takes a clock, and how many networks, users, and pairs of them are remembered. */
    LoginAttempts(TimeMeter clock, int remembered) {
        this.clock = clock;
        this.networks = cache(remembered).build();
        this.pairs = cache(remembered).build();
        this.users = cache(remembered).build();
        this.known = cache(remembered).expireAfterAccess(KNOWN).build();
    }

    private static Caffeine<Object, Object> cache(int most) {
        return Caffeine.newBuilder().maximumSize(most).executor(Runnable::run);
    }

    /** How long until a login is allowed; zero where it is. Counts nothing. */
    Duration wait(String user, InetAddress network) {
        return wait(buckets(shortened(user), network));
    }

    /** Counts a failed login, where one is allowed. */
    synchronized Attempt begin(String user, InetAddress network) {
        String name = shortened(user);
        List<Bucket> buckets = buckets(name, network);
        Duration wait = wait(buckets);
        if (wait.isZero()) {
            buckets.forEach(each -> each.tryConsume(1));
        }
        return new Attempt(wait, name, network, buckets);
    }

    /** Takes the failure back. */
    void succeeded(Attempt attempt) {
        attempt.counted().forEach(each -> each.addTokens(1));
        known.put(new Pair(attempt.user(), attempt.network()), true);
    }

    /** No user has a longer name; what clients invent takes bounded memory. */
    private static String shortened(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
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

    private static Duration wait(List<Bucket> buckets) {
        return Duration.ofNanos(buckets.stream()
                .mapToLong(each -> each.estimateAbilityToConsume(1).getNanosToWaitForRefill())
                .max()
                .orElse(0));
    }

    private <K> Function<K, Bucket> bucket(int atOnce, Duration refill) {
        return key -> Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(atOnce)
                        .refillGreedy(1, refill)
                        .build())
                .withCustomTimePrecision(clock)
                .build();
    }
}
