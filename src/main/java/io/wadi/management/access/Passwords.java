package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.TimeMeter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.wadi.runtime.security.WorkQueue;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Verifies passwords off the event loop, on a quarter of the processors and at least one, within the limits of
 * {@link LoginAttempts}. Caches successful verifications for five minutes, since clients send Basic credentials with
 * each request. Thread-safe.
 */
final class Passwords {
    private static final int WORKERS = Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
    /** The maximum number of waiting verifications; they take about ten seconds. */
    private static final int MAX_WAITING = 32 * WORKERS;

    private static final int CACHE_SIZE = 1000;
    private static final Duration CACHE_TTL = Duration.ofMinutes(5);

    private final Supplier<Users> users;
    private final LoginAttempts attempts;
    private final WorkQueue queue = new WorkQueue("wadi-management-passwords", WORKERS, MAX_WAITING);
    /** The bcrypt hash that a password matched, by the SHA-256 of name and password. */
    private final Cache<ByteBuffer, String> verified;

    /** A user and the hash that the password matched. */
    record Verified(Caller caller, String hash) {}

    /** Thrown if a password is not verified because of too many failed logins. */
    static final class LimitedException extends Exception {
        private final Duration retryAfter;

        LimitedException(Duration retryAfter) {
            super("too many failed logins", null, false, false);
            this.retryAfter = retryAfter;
        }

        Duration retryAfter() {
            return retryAfter;
        }
    }

    Passwords(Supplier<Users> users, TimeMeter clock, int maxRemembered) {
        this.users = users;
        this.attempts = new LoginAttempts(clock, maxRemembered);
        this.verified = Caffeine.newBuilder()
                .maximumSize(Math.min(CACHE_SIZE, maxRemembered))
                .expireAfterWrite(CACHE_TTL)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Verifies a password.
     *
     * @param loop the event loop of the request, on which the future completes
     * @return the user; empty if the user is unknown or the password is wrong. The future fails with
     *     {@link LimitedException} or {@link WorkQueue.FullException}
     */
    Future<Optional<Verified>> verify(Context loop, InetAddress network, String name, String password) {
        ByteBuffer key = ByteBuffer.wrap(DigestUtils.sha256(name + ":" + password));
        Optional<Verified> cached = cached(key, name);
        if (cached.isPresent()) {
            return Future.succeededFuture(cached);
        }
        Duration delay = attempts.delay(name, network);
        return delay.isZero()
                ? queue.submit(loop, network, () -> verify(key, network, name, password))
                : Future.failedFuture(new LimitedException(delay));
    }

    /** Cancels a verification that has not started. */
    void cancel(InetAddress network, Future<?> verification) {
        queue.cancel(network, verification);
    }

    private Optional<Verified> cached(ByteBuffer key, String name) {
        String hash = verified.getIfPresent(key);
        return hash == null ? Optional.empty() : users.get().find(name, hash).map(caller -> new Verified(caller, hash));
    }

    /** Verifies a password. Checks the cache again first, since a client may send several requests at once. */
    private Optional<Verified> verify(ByteBuffer key, InetAddress network, String name, String password)
            throws LimitedException {
        Optional<Verified> cached = cached(key, name);
        if (cached.isPresent()) {
            return cached;
        }
        LoginAttempts.Attempt attempt = attempts.begin(name, network);
        if (!attempt.isAllowed()) {
            throw new LimitedException(attempt.retryAfter());
        }
        Users now = users.get();
        Optional<Verified> matched =
                now.verify(name, password.getBytes(UTF_8)).map(caller -> new Verified(caller, now.hashOf(name)));
        if (matched.isPresent()) {
            attempts.succeeded(attempt);
            verified.put(key, matched.get().hash());
        }
        return matched;
    }
}
