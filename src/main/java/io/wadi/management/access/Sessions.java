package io.wadi.management.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** Logins that hold for a while, until somebody logs out or the process ends. Thread-safe. */
final class Sessions {
    private static final int ID_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final Cache<String, Session> sessions;

    /**
     * A login.
     *
     * @param id what its cookie says
     * @param name of the user
     * @param hash of the password that the user had then
     * @param csrf what a request that changes something says in a header, which another page cannot know
     */
    record Session(String id, String name, String hash, String csrf) {}

    /** Takes how long a login holds, and how many hold at a time. */
    Sessions(Duration holds, int most) {
        sessions = Caffeine.newBuilder()
                .maximumSize(most)
                .expireAfterWrite(holds)
                .executor(Runnable::run)
                .build();
    }

    Session begin(String name, String hash) {
        Session session = new Session(secret(), name, hash, secret());
        sessions.put(session.id(), session);
        return session;
    }

    Optional<Session> find(String id) {
        return Optional.ofNullable(sessions.getIfPresent(id));
    }

    void end(String id) {
        sessions.invalidate(id);
    }

    private String secret() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
