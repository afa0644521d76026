package io.wadi.management.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** The login sessions of this process. A session ends after its lifetime or with a logout. Thread-safe. */
final class Sessions {
    private static final int ID_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final Cache<String, Session> sessions;

    /**
     * A session.
     *
     * @param id the value of the session's cookie
     * @param hash the hash of the user's password at the time of the login
     * @param csrf the header value that changes require; pages of other sites cannot read it
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
