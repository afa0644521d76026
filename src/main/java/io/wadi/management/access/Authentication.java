package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.wadi.management.access.AccessDenial.Cause;
import io.wadi.management.access.Sessions.Session;
import io.wadi.runtime.security.JwtVerifier;
import io.wadi.runtime.security.WorkQueue;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Authenticates requests by session cookie, Basic credentials (RFC 7617) or bearer token (RFC 6750). Its methods are
 * called on event loops and do not block.
 */
final class Authentication {
    /** The safe methods (RFC 9110). */
    static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    /** The key of the user's name in the context of a request, for the audit log. */
    static final String USER = "wadi.user";
    /** The key that is present in the context of a request if its user is authenticated, for the audit log. */
    static final String AUTHENTICATED = "wadi.authenticated";
    /** The key of the {@link RequestOrigin} in the context of a request. */
    static final String ORIGIN = "wadi.origin";

    private static final String CSRF = "X-CSRF-Token";
    static final int MAX_WAITING_TOKENS = 256;

    /** The name of the thread that verifies tokens. */
    static final String TOKENS = "wadi-management-tokens";

    private final Supplier<Users> users;
    private final Supplier<Tokens> tokens;
    private final boolean allowsAnonymous;
    private final String cookie;
    private final Sessions sessions;
    private final Passwords passwords;
    private final WorkQueue tokenQueue = new WorkQueue(TOKENS, 1, MAX_WAITING_TOKENS);
    private final AccessResponses responses;

    /**
     * Creates an instance.
     *
     * @param users supplies the current users
     * @param tokens supplies the current verifier of tokens
     * @param allowsAnonymous whether requests need no credentials
     * @param cookie the name of the session cookie
     */
    Authentication(
            Supplier<Users> users,
            Supplier<Tokens> tokens,
            boolean allowsAnonymous,
            String cookie,
            Sessions sessions,
            Passwords passwords,
            AccessResponses responses) {
        this.users = users;
        this.tokens = tokens;
        this.allowsAnonymous = allowsAnonymous;
        this.cookie = cookie;
        this.sessions = sessions;
        this.passwords = passwords;
        this.responses = responses;
    }

    /** Authenticates a request and calls {@code next} with its user, or rejects it. */
    void identify(RoutingContext context, Consumer<Caller> next) {
        if (allowsAnonymous) {
            proceed(context, Caller.ANONYMOUS, next);
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
            responses.unauthorized(context, "unsupported Authorization scheme: expected Basic or Bearer");
        }
    }

    private static void proceed(RoutingContext context, Caller caller, Consumer<Caller> next) {
        authenticated(context, caller.name());
        next.accept(caller);
    }

    /** Records the user for the audit log. */
    static void authenticated(RoutingContext context, String name) {
        context.put(USER, name).put(AUTHENTICATED, true);
    }

    private void bySession(RoutingContext context, Consumer<Caller> next) {
        Optional<Session> session = session(context);
        Optional<Caller> caller = session.flatMap(each -> users.get().find(each.name(), each.hash()));
        if (caller.isEmpty()) {
            responses.unauthorized(context, "authentication is required");
            return;
        }
        boolean isChange = !READS.contains(context.request().method().name());
        String csrf = Optional.ofNullable(context.request().getHeader(CSRF)).orElse("");
        if (isChange && !isSame(csrf, session.orElseThrow().csrf())) {
            authenticated(context, caller.get().name());
            responses.reject(
                    context,
                    403,
                    Cause.CSRF,
                    "invalid header " + CSRF + ": expected the csrf value of GET /api/session");
        } else {
            proceed(context, caller.get(), next);
        }
    }

    Optional<Session> session(RoutingContext context) {
        Cookie sent = context.request().getCookie(cookie);
        return sent == null ? Optional.empty() : sessions.find(sent.getValue());
    }

    private static boolean isSame(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
    }

    private void byToken(RoutingContext context, String token, Consumer<Caller> next) {
        if (token.length() > JwtVerifier.MAX_LENGTH) {
            responses.unauthorized(context, JwtVerifier.TOO_LONG);
            return;
        }
        RequestOrigin origin = context.get(ORIGIN);
        Tokens now = tokens.get();
        Future<Optional<Caller>> verified =
                tokenQueue.submit(context.vertx().getOrCreateContext(), origin.network(), () -> now.verify(token));
        context.addEndHandler(ended -> tokenQueue.cancel(origin.network(), verified));
        await(
                context,
                verified,
                caller -> proceed(context, caller, next),
                "invalid token: wrong signature, expired, or without a role");
    }

    private void byPassword(RoutingContext context, String encoded, Consumer<Caller> next) {
        if (encoded.length() > SessionApi.MAX_LOGIN_BYTES) {
            responses.unauthorized(
                    context, "the Basic credentials are longer than %,d bytes".formatted(SessionApi.MAX_LOGIN_BYTES));
            return;
        }
        String credentials = new String(decoded(encoded), UTF_8);
        int colon = credentials.indexOf(':');
        if (colon < 0) {
            responses.unauthorized(context, "invalid Basic credentials: expected name:password in Base64");
            return;
        }
        verify(
                context,
                credentials.substring(0, colon),
                credentials.substring(colon + 1),
                verified -> proceed(context, verified.caller(), next));
    }

    private static byte[] decoded(String encoded) {
        try {
            return Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /** Verifies a password and calls {@code next} with the user, or rejects the request. */
    void verify(RoutingContext context, String name, String password, Consumer<Passwords.Verified> next) {
        context.put(USER, name);
        RequestOrigin origin = context.get(ORIGIN);
        Future<Optional<Passwords.Verified>> verified =
                passwords.verify(context.vertx().getOrCreateContext(), origin.network(), name, password);
        if (!verified.isComplete()) {
            context.addEndHandler(ended -> passwords.cancel(origin.network(), verified));
        }
        await(context, verified, next, "unknown user or wrong password");
    }

    /** Continues or rejects a request after the verification. Until then, reading the request is paused. */
    private <T> void await(RoutingContext context, Future<Optional<T>> verified, Consumer<T> next, String failure) {
        HttpServerRequest request = context.request();
        boolean isPaused = !verified.isComplete() && !request.isEnded();
        if (isPaused) {
            request.pause();
        }
        verified.onComplete(result -> {
            if (context.response().closed()) {
                return;
            }
            if (isPaused) {
                request.resume();
            }
            if (result.failed()) {
                notVerified(context, result.cause());
            } else if (result.result().isPresent()) {
                next.accept(result.result().get());
            } else {
                responses.unauthorized(context, failure);
            }
        });
    }

    private void notVerified(RoutingContext context, Throwable cause) {
        if (cause instanceof Passwords.LimitedException limited) {
            responses.reject(
                    context,
                    new AccessDenial(
                            429,
                            Cause.LOGINS,
                            "too many failed logins from this network or of this user: try again later",
                            limited.retryAfter()));
        } else if (cause instanceof WorkQueue.FullException full) {
            responses.reject(
                    context,
                    new AccessDenial(
                            503, Cause.BUSY, full.getMessage() + ": try again in a moment", Duration.ofSeconds(1)));
        } else {
            context.fail(cause);
        }
    }
}
