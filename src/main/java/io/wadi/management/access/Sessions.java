package io.wadi.management.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The login sessions of this process. A session ends after its lifetime, with a logout, or as the oldest of a user with
 * too many sessions, so that one user's logins do not end the sessions of others. Thread-safe.
 */
final class Sessions {
    private static final int ID_BYTES = 32;
    private static final int MAX_OF_USER = 100;

    private final SecureRandom random = new SecureRandom();
    private final Cache<String, Session> sessions;
    /** The ids of each user's latest sessions, oldest first; some of these sessions may have ended. */
    private final Map<String, Deque<String>> idsByUser = new HashMap<>();

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
        addId(session).ifPresent(sessions::invalidate);
        return session;
    }

    /** Returns the id of the session that ends because its user has too many; empty if none does. */
    private synchronized Optional<String> addId(Session session) {
        Deque<String> ids = idsByUser.computeIfAbsent(session.name(), first -> new ArrayDeque<>());
        ids.add(session.id());
        return ids.size() > MAX_OF_USER ? Optional.of(ids.remove()) : Optional.empty();
    }

    Optional<Session> find(String id) {
        return Optional.ofNullable(sessions.getIfPresent(id));
    }

    void remove(Session session) {
        sessions.invalidate(session.id());
        removeId(session);
    }

    private synchronized void removeId(Session session) {
        idsByUser.get(session.name()).remove(session.id());
    }

    private String secret() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
