package io.wadi.management.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** The login sessions of this process, which end after a time or with a logout. Thread-safe. */
final class Sessions {
    private static final int ID_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final Cache<String, Session> sessions;

    /**
     * A session.
     *
     * @param id the value of its cookie
     * @param hash the hash of the user's password at the login
     * @param csrf the required header value of changes, which pages of other sites cannot read
     */
    record Session(String id, String name, String hash, String csrf) {}

    Sessions(Duration ttl, int maxSessions) {
        sessions = Caffeine.newBuilder()
                .maximumSize(maxSessions)
                .expireAfterWrite(ttl)
                .executor(Runnable::run)
                .build();
    }

    Session create(String name, String hash) {
        Session session = new Session(secret(), name, hash, secret());
        sessions.put(session.id(), session);
        return session;
    }

    Optional<Session> find(String id) {
        return Optional.ofNullable(sessions.getIfPresent(id));
    }

    void remove(String id) {
        sessions.invalidate(id);
    }

    private String secret() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
