package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.TimeMeter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Verifies passwords off the event loop, on a quarter of the processors and on one at least, within the limits of {@link LoginAttempts}.
 * One that was right is remembered for five minutes, as tools send it with each request. Thread-safe.
 */
final class Passwords {
    private static final int WORKERS = Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
    /** About ten seconds of work. */
    private static final int MOST_WAITING = 32 * WORKERS;

    private static final int REMEMBERED = 1000;
    private static final Duration REMEMBER = Duration.ofMinutes(5);

    private final Supplier<Users> users;
    private final LoginAttempts attempts;
    private final VerificationQueue queue = new VerificationQueue(WORKERS, MOST_WAITING);
    /** By the SHA-256 of name and password the hash that they were found to fit. */
    private final Cache<ByteBuffer, String> verified = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .expireAfterWrite(REMEMBER)
            .executor(Runnable::run)
            .build();

    /** Too many logins have failed; this password was not verified. */
    static final class LimitedException extends Exception {
        private static final long serialVersionUID = 1;

        private final Duration wait;

        LimitedException(Duration wait) {
            super("too many logins have failed", null, false, false);
            this.wait = wait;
        }

        Duration retryAfter() {
            return wait;
        }
    }

    /** Takes the current users, the clock of failed logins, and how many networks and users with failed logins are kept. */
    Passwords(Supplier<Users> users, TimeMeter clock, int remembered) {
        this.users = users;
        this.attempts = new LoginAttempts(clock, remembered);
    }

    /**
     * The user with this name and password; empty where there is none.
     *
     * @param loop the request's, on which the future ends
     * @param isGone whether nobody waits for it any more when its turn comes
     * @return fails with {@link LimitedException} or {@link VerificationQueue.FullException}
     */
    Future<Optional<Caller>> verify(
            Context loop, InetAddress network, String name, String password, BooleanSupplier isGone) {
        ByteBuffer key = ByteBuffer.wrap(sha256(name + ":" + password));
        Optional<Caller> known = known(key, name);
        if (known.isPresent()) {
            return Future.succeededFuture(known);
        }
        Duration wait = attempts.wait(name, network);
        return wait.isZero()
                ? queue.submit(
                        loop,
                        network,
                        () -> isGone.getAsBoolean() ? Optional.empty() : verify(key, network, name, password))
                : Future.failedFuture(new LimitedException(wait));
    }

    private Optional<Caller> known(ByteBuffer key, String name) {
        String hash = verified.getIfPresent(key);
        return hash == null ? Optional.empty() : users.get().stillThere(name, hash);
    }

    /** Looks again for what others have found meanwhile: several requests of one tool come at once. */
    private Optional<Caller> verify(ByteBuffer key, InetAddress network, String name, String password)
            throws LimitedException {
        Optional<Caller> known = known(key, name);
        if (known.isPresent()) {
            return known;
        }
        LoginAttempts.Attempt attempt = attempts.begin(name, network);
        if (!attempt.isAllowed()) {
            throw new LimitedException(attempt.retryAfter());
        }
        Users now = users.get();
        Optional<Caller> who = now.verify(name, password.getBytes(UTF_8));
        if (who.isPresent()) {
            attempts.succeeded(attempt);
            verified.put(key, now.hashOf(name));
        }
        return who;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
