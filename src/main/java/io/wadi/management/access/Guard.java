package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import io.wadi.management.access.Sessions.Session;
import io.wadi.runtime.security.Proxies;
import java.io.IOException;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Stands before everything that the management port answers. Who asks says so by HTTP Basic, by a bearer token, or by the cookie of
 * a session that {@code POST /api/session} has begun; what reads needs the role view, what changes the role operate. Health, metrics
 * and the page's own files are open. Where there are neither users nor tokens everybody who reaches the port may do everything:
 * then it is bound to this machine.
 *
 * <p>Every path, the open ones too, refuses requests without exactly one {@code Host} (400), requests addressed to a name that is
 * not {@link HostNames allowed} and requests that pages of other sites send (403), whatever credentials a browser adds to them; a
 * link from another site to the page is followed. Changes, logins and their refusals are written to the audit log. Passwords and
 * tokens are verified off the event loop, and failed logins are limited. The metric {@code wadi.management.refusals} counts refusals
 * by cause.
 */
public final class Guard implements Handler<RoutingContext> {
    private static final String SESSION = "/api/session";
    private static final String HEALTH = "/observe/health";
    private static final String METRICS = "/observe/metrics";
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");
    private static final String WHO = "wadi.who";
    private static final String SOURCE = "wadi.source";
    private static final String CSRF = "X-CSRF-Token";
    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int BAD = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_ALLOWED = 405;
    private static final int TOO_LARGE = 413;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;
    private static final int LARGEST_LOGIN = 4096;
    private static final int MOST_TOKENS_WAITING = 256;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Supplier<Users> users;
    private final Supplier<Tokens> tokens;
    private final boolean isForAll;
    private final Set<String> files;
    private final String cookie;
    private final Sessions sessions;
    private final Passwords passwords;
    private final VerificationQueue tokenQueue = new VerificationQueue(1, MOST_TOKENS_WAITING);
    private final AuditLog audit;
    private final HostNames hosts;
    private final Proxies proxies;
    private final Map<Refusal.Cause, Counter> refusals = new EnumMap<>(Refusal.Cause.class);

    /**
     * How it works.
     *
     * @param isForAll whether nobody is asked who they are
     * @param files the paths of the page's own files; {@code /} is one for who asks for a page
     * @param port the management port, which tells the cookies of several on a machine apart
     * @param sessionHolds how long a login holds
     * @param hosts the names that requests may be addressed to
     * @param proxies those whose forwarding headers are used
     * @param remembered how many sessions, and of failed logins how many networks and users, are remembered at a time
     */
    public record Options(
            boolean isForAll,
            Set<String> files,
            int port,
            Duration sessionHolds,
            HostNames hosts,
            Proxies proxies,
            int remembered) {}

    /** Takes who there is now. */
    public Guard(Supplier<Users> users, Supplier<Tokens> tokens, Options options, MeterRegistry meters) {
        this(users, tokens, options, meters, TimeMeter.SYSTEM_MILLISECONDS);
    }

    /** The same, whose failed logins are counted by this clock. */
    Guard(Supplier<Users> users, Supplier<Tokens> tokens, Options options, MeterRegistry meters, TimeMeter clock) {
        this.users = users;
        this.tokens = tokens;
        this.isForAll = options.isForAll();
        this.files = Set.copyOf(options.files());
        this.cookie = "wadi-session-" + options.port();
        this.sessions = new Sessions(options.sessionHolds(), options.remembered());
        this.passwords = new Passwords(users, clock, options.remembered());
        this.audit = new AuditLog(Clock.systemUTC());
        this.hosts = options.hosts();
        this.proxies = options.proxies();
        for (Refusal.Cause cause : Refusal.Cause.values()) {
            Counter counter = Counter.builder("wadi.management.refusals")
                    .description("Requests to the management port that were refused")
                    .tag("cause", cause.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .register(meters);
            refusals.put(cause, counter);
        }
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        response.putHeader("X-Content-Type-Options", "nosniff");
        response.putHeader("X-Frame-Options", "DENY");
        response.putHeader("Referrer-Policy", "no-referrer");
        Source source = Source.of(request, proxies);
        context.put(SOURCE, source);
        boolean isChange = !READS.contains(request.method().name());
        if (isChange) {
            context.addEndHandler(ended -> audit.write(
                    Optional.<String>ofNullable(context.get(WHO)).orElse("-"),
                    source.address(),
                    request.method().name(),
                    context.normalizedPath(),
                    request.query(),
                    ended.succeeded() ? response.getStatusCode() : 0));
        }
        Optional<Refusal> refusal = misdirected(request).or(() -> ofOtherSite(context));
        if (refusal.isPresent()) {
            refuse(context, refusal.get());
        } else if (isOpen(context, isChange)) {
            context.next();
        } else if (context.normalizedPath().equals(SESSION)) {
            answerSession(context);
        } else {
            identify(context, who -> goOn(context, who, isChange));
        }
    }

    /** Answers a request that the server's router has refused, such as one without a Host or with a body that is too large. */
    void refuseUnrouted(RoutingContext context) {
        Optional<Refusal> refusal = misdirected(context.request());
        refuse(
                context,
                refusal.filter(found -> found.status() == context.statusCode())
                        .orElseGet(() -> new Refusal(
                                context.statusCode(),
                                Refusal.Cause.INVALID,
                                context.statusCode() == TOO_LARGE
                                        ? "the body is larger than 64 KiB"
                                        : "the request cannot be read")));
    }

    private void goOn(RoutingContext context, Person who, boolean isChange) {
        if (isChange && !who.role().mayChange()) {
            refuse(
                    context,
                    new Refusal(
                            FORBIDDEN,
                            Refusal.Cause.ROLE,
                            who.name() + " may see everything and change nothing: this needs the role operate"));
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
        return isProbe || path.equals(METRICS) || isPage(context);
    }

    private boolean isPage(RoutingContext context) {
        String path = context.normalizedPath();
        boolean wantsPage = !path.equals("/")
                || Optional.ofNullable(context.request().getHeader("Accept"))
                        .orElse("")
                        .contains("text/html");
        return files.contains(path) && wantsPage;
    }

    // ---- where a request is sent to, and by whose page

    private Optional<Refusal> misdirected(HttpServerRequest request) {
        int count = request.headers().getAll("Host").size();
        if (count > 1
                || (request.version() == HttpVersion.HTTP_1_1
                        && (count == 0 || host(request).isEmpty()))) {
            return Optional.of(new Refusal(
                    BAD,
                    Refusal.Cause.HOST_HEADER,
                    "The request has %d headers Host%s: expected exactly one, with a name or an address"
                            .formatted(count, count == 1 ? ", which is empty" : "")));
        }
        // Browsers do not speak HTTP/1.0; probes that do may name no host.
        if (count == 0 && request.version() == HttpVersion.HTTP_1_0) {
            return Optional.empty();
        }
        return hosts.allow(host(request))
                ? Optional.empty()
                : Optional.of(new Refusal(
                        FORBIDDEN,
                        Refusal.Cause.HOST_NAME,
                        "The management port is not \"%s\": expected an IP address, localhost or a name of wadi.management.host-names"
                                .formatted(host(request))));
    }

    /** Browsers say for HTTPS and localhost where a request comes from, and with what changes something its origin. */
    private Optional<Refusal> ofOtherSite(RoutingContext context) {
        HttpServerRequest request = context.request();
        String site = request.getHeader("Sec-Fetch-Site");
        boolean isLink = request.method().equals(HttpMethod.GET)
                && "navigate".equals(request.getHeader("Sec-Fetch-Mode"))
                && "document".equals(request.getHeader("Sec-Fetch-Dest"))
                && isPage(context);
        if (site != null && !OWN_SITE.contains(site) && !isLink) {
            return Optional.of(new Refusal(
                    FORBIDDEN,
                    Refusal.Cause.OTHER_SITE,
                    "A page of another site sent this request (Sec-Fetch-Site: %s): such pages may link to the page, and no more"
                            .formatted(site)));
        }
        return isOfAnotherOrigin(request)
                ? Optional.of(new Refusal(
                        FORBIDDEN,
                        Refusal.Cause.OTHER_SITE,
                        "A page of another origin sent this request: such pages may link to the page, and no more"))
                : Optional.empty();
    }

    /** Of HTTP/1.1 and HTTP/2, which has no such header. */
    private static String host(HttpServerRequest request) {
        return request.authority() == null ? "" : request.authority().toString();
    }

    private static boolean isOfAnotherOrigin(HttpServerRequest request) {
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
            refuse(
                    context,
                    new Refusal(
                            FORBIDDEN,
                            Refusal.Cause.CSRF,
                            "the header " + CSRF + " is not the one that GET /api/session says"));
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
        Source source = context.get(SOURCE);
        Tokens now = tokens.get();
        Future<Optional<Person>> verified = tokenQueue.submit(
                context.vertx().getOrCreateContext(),
                source.network(),
                () -> context.response().closed() ? Optional.empty() : now.verify(token));
        await(
                context,
                verified,
                who -> found(context, who, next),
                "the token is not genuine, its time is over, or it says no role");
    }

    private void byPassword(RoutingContext context, String encoded, Consumer<Person> next) {
        String credentials = new String(decoded(encoded), UTF_8);
        int colon = credentials.indexOf(':');
        if (colon < 0) {
            unauthorized(context, "Basic is followed by name:password in base64");
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

    private void verify(RoutingContext context, String name, String password, Consumer<Person> next) {
        context.put(WHO, name);
        Source source = context.get(SOURCE);
        Future<Optional<Person>> verified = passwords.verify(
                context.vertx().getOrCreateContext(),
                source.network(),
                name,
                password,
                () -> context.response().closed());
        await(context, verified, next, "there is no such user with this password");
    }

    /** Goes on once credentials are verified; nothing more of the request is read meanwhile. */
    private void await(
            RoutingContext context, Future<Optional<Person>> verified, Consumer<Person> next, String otherwise) {
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
                unauthorized(context, otherwise);
            }
        });
    }

    private void notVerified(RoutingContext context, Throwable cause) {
        if (cause instanceof Passwords.LimitedException limited) {
            refuse(
                    context,
                    new Refusal(
                            TOO_MANY,
                            Refusal.Cause.LOGINS,
                            "too many logins have failed from this network or of this user: try again later",
                            limited.retryAfter()));
        } else if (cause instanceof VerificationQueue.FullException full) {
            refuse(
                    context,
                    new Refusal(
                            UNAVAILABLE,
                            Refusal.Cause.BUSY,
                            full.getMessage() + ": try again in a moment",
                            Duration.ofSeconds(1)));
        } else {
            context.fail(cause);
        }
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
                context.response().addCookie(cookie(context, "").setMaxAge(0));
                context.response().setStatusCode(NO_CONTENT).end();
            }
            default ->
                refuse(
                        context,
                        new Refusal(NOT_ALLOWED, Refusal.Cause.INVALID, "this path takes GET, POST and DELETE"));
        }
    }

    private void logIn(RoutingContext context) {
        HttpServerRequest request = context.request();
        String length = Optional.ofNullable(request.getHeader("Content-Length")).orElse("");
        if (!length.matches("\\d{1,4}") || Integer.parseInt(length) > LARGEST_LOGIN) {
            refuse(
                    context,
                    new Refusal(
                            TOO_LARGE,
                            Refusal.Cause.INVALID,
                            "a login has a Content-Length of at most " + LARGEST_LOGIN));
            return;
        }
        request.bodyHandler(body -> logIn(context, body));
    }

    private void logIn(RoutingContext context, Buffer body) {
        JsonNode login = parsed(body);
        String name = login.path("user").asText();
        String password = login.path("password").asText();
        if (name.isEmpty() || password.isEmpty()) {
            refuse(context, new Refusal(BAD, Refusal.Cause.INVALID, "a login is {\"user\":…,\"password\":…}"));
            return;
        }
        verify(context, name, password, who -> {
            Session session = sessions.begin(name, users.get().hashOf(name));
            context.response().addCookie(cookie(context, session.id()));
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

    private Cookie cookie(RoutingContext context, String value) {
        Source source = context.get(SOURCE);
        return Cookie.cookie(cookie, value)
                .setPath("/")
                .setHttpOnly(true)
                .setSecure(source.isSecure())
                .setSameSite(CookieSameSite.STRICT);
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

    private void unauthorized(RoutingContext context, String why) {
        // A browser would ask by itself for a script of the page, which does so better.
        if (context.request().getHeader("Sec-Fetch-Site") == null) {
            context.response().putHeader("WWW-Authenticate", "Basic realm=\"wadi\", charset=\"UTF-8\"");
        }
        refuse(context, new Refusal(UNAUTHORIZED, Refusal.Cause.UNAUTHORIZED, why));
    }

    private void refuse(RoutingContext context, Refusal refusal) {
        refusals.get(refusal.cause()).increment();
        if (!refusal.retryAfter().isZero()) {
            // Rounded up: earlier it would be refused again.
            long seconds = refusal.retryAfter().plusMillis(999).toSeconds();
            context.response().putHeader("Retry-After", Long.toString(Math.max(1, seconds)));
        }
        write(
                context,
                refusal.status(),
                JSON.createObjectNode().put("error_code", refusal.status()).put("message", refusal.message()));
    }

    private static void write(RoutingContext context, int status, ObjectNode body) {
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .putHeader("Cache-Control", "no-store")
                .end(body.toString());
    }
}
