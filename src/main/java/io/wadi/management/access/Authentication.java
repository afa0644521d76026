package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.wadi.management.access.Sessions.Session;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Authenticates requests by session cookie, Basic credentials (RFC 7617) or bearer token (RFC 6750). For event loops. */
final class Authentication {
    /** The safe methods (RFC 9110). */
    static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    /** The key of the user's name in a request's context, for the audit log. */
    static final String WHO = "wadi.who";
    /** The key of the {@link RequestOrigin} in a request's context. */
    static final String SOURCE = "wadi.source";

    private static final String CSRF = "X-CSRF-Token";
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;
    private static final int MOST_TOKENS_WAITING = 256;

    private final Supplier<Users> users;
    private final Supplier<Tokens> tokens;
    private final boolean isForAll;
    private final String cookie;
    private final Sessions sessions;
    private final Passwords passwords;
    private final VerificationQueue tokenQueue = new VerificationQueue(1, MOST_TOKENS_WAITING);
    private final AccessResponses responses;

    /**
     * Takes suppliers of the current users and tokens.
     *
     * @param isForAll whether requests need no credentials
     * @param cookie the name of the session cookie
     */
    Authentication(
            Supplier<Users> users,
            Supplier<Tokens> tokens,
            boolean isForAll,
            String cookie,
            Sessions sessions,
            Passwords passwords,
            AccessResponses responses) {
        this.users = users;
        this.tokens = tokens;
        this.isForAll = isForAll;
        this.cookie = cookie;
        this.sessions = sessions;
        this.passwords = passwords;
        this.responses = responses;
    }

    /** Authenticates a request and calls {@code next} with its user, or rejects it. */
    void identify(RoutingContext context, Consumer<Caller> next) {
        if (isForAll) {
            found(context, Caller.ANYBODY, next);
            return;
        }
        String authorization = context.request().getHeader("Authorization");
        if (authorization == null) {
            bySession(context, next);
        } else if (authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            byPassword(context, authorization.substring(6).strip(), next);
        } else if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            byToken(context, authorization.substring(7).strip(), next);
        } else {
            responses.unauthorized(context, "Authorization is Basic or Bearer here");
        }
    }

    private static void found(RoutingContext context, Caller who, Consumer<Caller> next) {
        context.put(WHO, who.name());
        next.accept(who);
    }

    private void bySession(RoutingContext context, Consumer<Caller> next) {
        Optional<Session> session = session(context);
        Optional<Caller> who = session.flatMap(each -> users.get().stillThere(each.name(), each.hash()));
        if (who.isEmpty()) {
            responses.unauthorized(context, "log in first");
            return;
        }
        boolean isChange = !READS.contains(context.request().method().name());
        String csrf = Optional.ofNullable(context.request().getHeader(CSRF)).orElse("");
        if (isChange && !isSame(csrf, session.orElseThrow().csrf())) {
            context.put(WHO, who.get().name());
            responses.refuse(
                    context,
                    new AccessDenial(
                            FORBIDDEN,
                            AccessDenial.Cause.CSRF,
                            "the header " + CSRF + " is not the one that GET /api/session says"));
        } else {
            found(context, who.get(), next);
        }
    }

    /** The session of a request. */
    Optional<Session> session(RoutingContext context) {
        Cookie sent = context.request().getCookie(cookie);
        return sent == null ? Optional.empty() : sessions.find(sent.getValue());
    }

    private static boolean isSame(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
    }

    private void byToken(RoutingContext context, String token, Consumer<Caller> next) {
        RequestOrigin source = context.get(SOURCE);
        Tokens now = tokens.get();
        Future<Optional<Caller>> verified = tokenQueue.submit(
                context.vertx().getOrCreateContext(),
                source.network(),
                () -> context.response().closed() ? Optional.empty() : now.verify(token));
        await(
                context,
                verified,
                who -> found(context, who, next),
                "the token is not genuine, its time is over, or it says no role");
    }

    private void byPassword(RoutingContext context, String encoded, Consumer<Caller> next) {
        String credentials = new String(decoded(encoded), UTF_8);
        int colon = credentials.indexOf(':');
        if (colon < 0) {
            responses.unauthorized(context, "Basic is followed by name:password in base64");
            return;
        }
        verify(
                context,
                credentials.substring(0, colon),
                credentials.substring(colon + 1),
                who -> found(context, who, next));
    }

    private static byte[] decoded(String encoded) {
        try {
            return Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /** Verifies a password and calls {@code next} with the user, or rejects the request. */
    void verify(RoutingContext context, String name, String password, Consumer<Caller> next) {
        context.put(WHO, name);
        RequestOrigin source = context.get(SOURCE);
        Future<Optional<Caller>> verified = passwords.verify(
                context.vertx().getOrCreateContext(),
                source.network(),
                name,
                password,
                () -> context.response().closed());
        await(context, verified, next, "there is no such user with this password");
    }

    /** Waits for a verification; reading of the request is paused meanwhile. */
    private void await(
            RoutingContext context, Future<Optional<Caller>> verified, Consumer<Caller> next, String otherwise) {
        HttpServerRequest request = context.request();
        boolean isPaused = !verified.isComplete() && !request.isEnded();
        if (isPaused) {
            request.pause();
        }
        verified.onComplete(looked -> {
            if (context.response().closed()) {
                return;
            }
            if (isPaused) {
                request.resume();
            }
            if (looked.failed()) {
                notVerified(context, looked.cause());
            } else if (looked.result().isPresent()) {
                next.accept(looked.result().get());
            } else {
                responses.unauthorized(context, otherwise);
            }
        });
    }

    private void notVerified(RoutingContext context, Throwable cause) {
        if (cause instanceof Passwords.LimitedException limited) {
            responses.refuse(
                    context,
                    new AccessDenial(
                            TOO_MANY,
                            AccessDenial.Cause.LOGINS,
                            "too many logins have failed from this network or of this user: try again later",
                            limited.retryAfter()));
        } else if (cause instanceof VerificationQueue.FullException full) {
            responses.refuse(
                    context,
                    new AccessDenial(
                            UNAVAILABLE,
                            AccessDenial.Cause.BUSY,
                            full.getMessage() + ": try again in a moment",
                            Duration.ofSeconds(1)));
        } else {
            context.fail(cause);
        }
    }
}
