package io.wadi.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.TimeMeter;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.wadi.access.Sessions.Session;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Stands before everything that the management port answers. Who asks says so by HTTP Basic, by a bearer token, or by the cookie of
 * a session that {@code POST /api/session} has begun; what reads needs the role view, what changes the role operate. Health, metrics
 * and the page's own files are open. Where there are neither users nor tokens everybody who reaches the port may do everything:
 * then it is bound to this machine, and answers only who asks for it by that name.
 *
 * <p>What a page of another origin sends changes nothing, whatever credentials a browser adds to it. Changes, logins and their
 * refusals are written to the audit log. Passwords are looked at beside the event loop, and failed logins are bounded.
 */
public final class Guard implements Handler<RoutingContext> {
    private static final String SESSION = "/api/session";
    private static final String HEALTH = "/observe/health";
    private static final String METRICS = "/observe/metrics";
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final String WHO = "wadi.who";
    private static final String CSRF = "X-CSRF-Token";
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int BAD = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_ALLOWED = 405;
    private static final int TOO_LARGE = 413;
    private static final int TOO_MANY = 429;
    private static final int LARGEST_LOGIN = 4096;
    private static final int REMEMBERED = 1000;
    private static final Duration REMEMBER = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Supplier<Users> users;
    private final Supplier<Tokens> tokens;
    private final boolean isForAll;
    private final Set<String> files;
    private final String cookie;
    private final Sessions sessions;
    private final Attempts attempts;
    private final AuditLog audit;
    /** By the SHA-256 of name and password the hash that they were found to fit. */
    private final Cache<ByteBuffer, String> verified = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .expireAfterWrite(REMEMBER)
            .executor(Runnable::run)
            .build();

    /**
     * How it works.
     *
     * @param isForAll whether nobody is asked who they are
     * @param files the paths of the page's own files; {@code /} is one for who asks for a page
     * @param port the management port, which tells the cookies of several on a machine apart
     * @param sessionHolds how long a login holds
     */
    public record Options(boolean isForAll, Set<String> files, int port, Duration sessionHolds) {}

    /** Takes who there is now. */
    public Guard(Supplier<Users> users, Supplier<Tokens> tokens, Options options) {
        this(users, tokens, options, TimeMeter.SYSTEM_MILLISECONDS);
    }

    /** The same, whose failed logins are counted by this clock. */
    Guard(Supplier<Users> users, Supplier<Tokens> tokens, Options options, TimeMeter clock) {
        this.users = users;
        this.tokens = tokens;
        this.isForAll = options.isForAll();
        this.files = Set.copyOf(options.files());
        this.cookie = "wadi-session-" + options.port();
        this.sessions = new Sessions(options.sessionHolds());
        this.attempts = new Attempts(clock);
        this.audit = new AuditLog(Clock.systemUTC());
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        response.putHeader("X-Content-Type-Options", "nosniff");
        response.putHeader("X-Frame-Options", "DENY");
        response.putHeader("Referrer-Policy", "no-referrer");
        boolean isChange = !READS.contains(request.method().name());
        if (isChange) {
            context.addEndHandler(ended -> audit.write(
                    Optional.<String>ofNullable(context.get(WHO)).orElse("-"),
                    address(request),
                    request.method().name(),
                    context.normalizedPath(),
                    request.query(),
                    ended.succeeded() ? response.getStatusCode() : 0));
        }
        if (isOpen(context, isChange)) {
            context.next();
        } else if (isForAll && !isOfThisMachine(request)) {
            refuse(
                    context,
                    FORBIDDEN,
                    "without users this port answers who asks for localhost: set wadi.management.users-file");
        } else if (isChange && isOfAnotherPage(request)) {
            refuse(context, FORBIDDEN, "a page of another origin may change nothing here");
        } else if (context.normalizedPath().equals(SESSION)) {
            answerSession(context);
        } else {
            identify(context, who -> goOn(context, who, isChange));
        }
    }

    private void goOn(RoutingContext context, Person who, boolean isChange) {
        if (isChange && !who.role().mayChange()) {
            refuse(
                    context,
                    FORBIDDEN,
                    who.name() + " may see everything and change nothing: this needs the role operate");
        } else {
            context.next();
        }
    }

    private boolean isOpen(RoutingContext context, boolean isChange) {
        String path = context.normalizedPath();
        if (isChange) {
            return false;
        }
        // A query asks for details, such as where servers are.
        boolean isProbe = (path.equals(HEALTH) || path.startsWith(HEALTH + "/"))
                && context.request().query() == null;
        boolean wantsPage = !path.equals("/")
                || Optional.ofNullable(context.request().getHeader("Accept"))
                        .orElse("")
                        .contains("text/html");
        return isProbe || path.equals(METRICS) || (files.contains(path) && wantsPage);
    }

    /** A name that leads here from a page elsewhere would make that page one of ours. */
    private static boolean isOfThisMachine(HttpServerRequest request) {
        return THIS_MACHINE.contains(host(request).replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT));
    }

    /** Of HTTP/1.1 and HTTP/2, which has no such header. */
    private static String host(HttpServerRequest request) {
        return request.authority() == null ? "" : request.authority().toString();
    }

    private static boolean isOfAnotherPage(HttpServerRequest request) {
        String origin = request.getHeader("Origin");
        if (origin == null) {
            return false;
        }
        try {
            return !String.valueOf(URI.create(origin).getAuthority()).equalsIgnoreCase(host(request));
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private static String address(HttpServerRequest request) {
        return request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
    }

    // ---- who asks

    private void identify(RoutingContext context, Consumer<Person> next) {
        if (isForAll) {
            found(context, Person.ANYBODY, next);
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
            unauthorized(context, "Authorization is Basic or Bearer here");
        }
    }

    private static void found(RoutingContext context, Person who, Consumer<Person> next) {
        context.put(WHO, who.name());
        next.accept(who);
    }

    private void bySession(RoutingContext context, Consumer<Person> next) {
        Optional<Session> session = session(context);
        Optional<Person> who = session.flatMap(each -> users.get().stillThere(each.name(), each.hash()));
        if (who.isEmpty()) {
            unauthorized(context, "log in first");
            return;
        }
        boolean isChange = !READS.contains(context.request().method().name());
        String csrf = Optional.ofNullable(context.request().getHeader(CSRF)).orElse("");
        if (isChange && !isSame(csrf, session.orElseThrow().csrf())) {
            context.put(WHO, who.get().name());
            refuse(context, FORBIDDEN, "the header " + CSRF + " is not the one that GET /api/session says");
        } else {
            found(context, who.get(), next);
        }
    }

    private Optional<Session> session(RoutingContext context) {
        Cookie sent = context.request().getCookie(cookie);
        return sent == null ? Optional.empty() : sessions.find(sent.getValue());
    }

    private static boolean isSame(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
    }

    private void byToken(RoutingContext context, String token, Consumer<Person> next) {
        Optional<Person> who = tokens.get().verify(token);
        if (who.isPresent()) {
            found(context, who.get(), next);
        } else {
            unauthorized(context, "the token is not genuine, its time is over, or it says no role");
        }
    }

    private void byPassword(RoutingContext context, String encoded, Consumer<Person> next) {
        byte[] credentials = decoded(encoded);
        int colon = new String(credentials, UTF_8).indexOf(':');
        if (colon < 0) {
            unauthorized(context, "Basic is followed by name:password in base64");
            return;
        }
        String text = new String(credentials, UTF_8);
        String name = text.substring(0, colon);
        ByteBuffer key = ByteBuffer.wrap(sha256(credentials));
        String hash = verified.getIfPresent(key);
        Optional<Person> known = hash == null ? Optional.empty() : users.get().stillThere(name, hash);
        if (known.isPresent()) {
            found(context, known.get(), next);
        } else {
            verify(context, name, text.substring(colon + 1), who -> {
                verified.put(key, users.get().hashOf(name));
                found(context, who, next);
            });
        }
    }

    private static byte[] decoded(String encoded) {
        try {
            return Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Looks at a password beside the event loop; nothing more of the request is read meanwhile. */
    private void verify(RoutingContext context, String name, String password, Consumer<Person> next) {
        String address = address(context.request());
        context.put(WHO, name);
        if (!attempts.begin(address)) {
            context.response().putHeader("Retry-After", "6");
            refuse(
                    context,
                    TOO_MANY,
                    "too many logins have failed from this address, or are looked at now: try again later");
            return;
        }
        Users now = users.get();
        if (!context.request().isEnded()) {
            context.request().pause();
        }
        context.vertx()
                .executeBlocking(() -> now.verify(name, password.getBytes(UTF_8)), false)
                .onComplete(looked -> {
                    Optional<Person> who = looked.succeeded() ? looked.result() : Optional.empty();
                    attempts.ended(address, who.isEmpty());
                    if (context.response().closed()) {
                        return;
                    }
                    if (!context.request().isEnded()) {
                        context.request().resume();
                    }
                    if (who.isPresent()) {
                        next.accept(who.get());
                    } else {
                        unauthorized(context, "there is no such user with this password");
                    }
                });
    }

    // ---- sessions

    private void answerSession(RoutingContext context) {
        switch (context.request().method().name()) {
            case "GET", "HEAD" ->
                identify(
                        context,
                        who -> tell(
                                context,
                                who,
                                session(context).map(Session::csrf).orElse("")));
            case "POST" -> logIn(context);
            case "DELETE" -> {
                session(context).ifPresent(session -> {
                    context.put(WHO, session.name());
                    sessions.end(session.id());
                });
                context.response().addCookie(cookie("").setMaxAge(0));
                context.response().setStatusCode(NO_CONTENT).end();
            }
            default -> refuse(context, NOT_ALLOWED, "this path takes GET, POST and DELETE");
        }
    }

    private void logIn(RoutingContext context) {
        HttpServerRequest request = context.request();
        String length = Optional.ofNullable(request.getHeader("Content-Length")).orElse("");
        if (!length.matches("\\d{1,4}") || Integer.parseInt(length) > LARGEST_LOGIN) {
            refuse(context, TOO_LARGE, "a login has a Content-Length of at most " + LARGEST_LOGIN);
            return;
        }
        request.bodyHandler(body -> logIn(context, body));
    }

    private void logIn(RoutingContext context, Buffer body) {
        JsonNode login = parsed(body);
        String name = login.path("user").asText();
        String password = login.path("password").asText();
        if (name.isEmpty() || password.isEmpty()) {
            refuse(context, BAD, "a login is {\"user\":…,\"password\":…}");
            return;
        }
        verify(context, name, password, who -> {
            Session session = sessions.begin(name, users.get().hashOf(name));
            context.response().addCookie(cookie(session.id()));
            tell(context, who, session.csrf());
        });
    }

    private static JsonNode parsed(Buffer body) {
        try {
            return JSON.readTree(body.getBytes());
        } catch (IOException e) {
            return JSON.createObjectNode();
        }
    }

    private Cookie cookie(String value) {
        return Cookie.cookie(cookie, value).setPath("/").setHttpOnly(true).setSameSite(CookieSameSite.STRICT);
    }

    private static void tell(RoutingContext context, Person who, String csrf) {
        write(
                context,
                OK,
                JSON.createObjectNode()
                        .put("user", who.name())
                        .put("role", who.role().word())
                        .put("csrf", csrf));
    }

    // ---- answers

    private static void unauthorized(RoutingContext context, String why) {
        // A browser would ask by itself for a script of the page, which does so better.
        if (context.request().getHeader("Sec-Fetch-Site") == null) {
            context.response().putHeader("WWW-Authenticate", "Basic realm=\"wadi\", charset=\"UTF-8\"");
        }
        refuse(context, UNAUTHORIZED, why);
    }

    private static void refuse(RoutingContext context, int status, String why) {
        write(context, status, JSON.createObjectNode().put("error_code", status).put("message", why));
    }

    private static void write(RoutingContext context, int status, ObjectNode body) {
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(body.toString());
    }
}
