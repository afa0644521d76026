package io.wadi.management.access;

import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.wadi.management.workers.WorkerPool;
import io.wadi.runtime.http.DateHeader;
import io.wadi.runtime.security.HostNames;
import io.wadi.runtime.security.Proxies;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Access control of the management port. Requests carry Basic credentials, a bearer token, or the cookie of a session
 * created by {@code POST /api/session}. Reading requires the role view, a change requires the role operate. Health,
 * metrics and the files of the page require no credentials. Without users and tokens the port is bound to a loopback
 * address, and every request is allowed that no proxy has forwarded.
 *
 * <p>Every path rejects requests without exactly one valid {@code Host} (400), requests to a host name that is not
 * {@link HostNames allowed} (403), requests sent by pages of other sites (403), except links to the page, reads with a
 * body (400), and requests with long {@code Accept} headers (400). All changes and logins, including rejected ones, are
 * written to the audit log. Passwords and tokens are verified off the event loop, and failed logins are limited.
 * Probes, scrapes and other requests have separate worker threads. The requests that wait for these threads or use them
 * are limited, in total and per network (503). The metric {@code wadi.management.rejections} counts rejected requests
 * by cause.
 */
public final class AccessControl implements Handler<RoutingContext> {
    private static final String HEALTH = "/observe/health";
    static final String METRICS = "/observe/metrics";

    /** The headers that Vert.x parses on the event loop, with an exception for each weight such as {@code q=x}. */
    private static final List<String> PARSED_HEADERS =
            List.of("Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Content-Type");

    /** Maximum characters of these headers together. Browsers send about 300. */
    private static final int MAX_PARSED = 1 << 10;

    private static final WorkerPool.Limits PROBES = new WorkerPool.Limits(2, 1, 64, 16);
    private static final WorkerPool.Limits SCRAPES = new WorkerPool.Limits(2, 1, 16, 4);
    private static final WorkerPool.Limits OTHERS = new WorkerPool.Limits(20, 10, 64, 32);

    private final WorkerPool probes = new WorkerPool("wadi-management-probes", PROBES);
    private final WorkerPool scrapes = new WorkerPool("wadi-management-scrapes", SCRAPES);
    private final WorkerPool others = new WorkerPool("wadi-management-requests", OTHERS);
    private final Set<String> files;
    private final RequestSite site;
    private final Authentication authentication;
    private final SessionApi sessionApi;
    private final AccessResponses responses;
    private final AuditLog audit = new AuditLog(Clock.systemUTC());
    private final Proxies proxies;
    private final boolean allowsAnonymous;

    /**
     * The settings of access control.
     *
     * @param allowsAnonymous whether requests need no credentials
     * @param files paths of the page's files; {@code /} is one of them if HTML is requested
     * @param port the management port. It is part of the cookie's name, so that instances on one host have different
     *     cookies
     * @param sessionTtl lifetime of a session
     * @param hosts allowed values of {@code Host}
     * @param proxies trusted proxies; their forwarding headers are used
     * @param maxRemembered maximum number of sessions, and of networks and users with failed logins
     */
    public record Options(
            boolean allowsAnonymous,
            Set<String> files,
            int port,
            Duration sessionTtl,
            HostNames hosts,
            Proxies proxies,
            int maxRemembered) {}

    public AccessControl(Supplier<Users> users, Supplier<Tokens> tokens, Options options, MeterRegistry meters) {
        this(users, tokens, options, meters, TimeMeter.SYSTEM_NANOTIME);
    }

    /** Creates an instance with this clock for the limits of failed logins. */
    AccessControl(
            Supplier<Users> users, Supplier<Tokens> tokens, Options options, MeterRegistry meters, TimeMeter clock) {
        this.files = Set.copyOf(options.files());
        this.site = new RequestSite(options.hosts());
        this.proxies = options.proxies();
        this.allowsAnonymous = options.allowsAnonymous();
        this.responses = new AccessResponses(meters);
        String cookie = "wadi-session-" + options.port();
        Sessions sessions = new Sessions(options.sessionTtl(), options.maxRemembered());
        Passwords passwords = new Passwords(users, clock, options.maxRemembered());
        this.authentication =
                new Authentication(users, tokens, options.allowsAnonymous(), cookie, sessions, passwords, responses);
        this.sessionApi = new SessionApi(cookie, sessions, authentication, responses);
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        context.addHeadersEndHandler(begins -> response.putHeader(DateHeader.NAME, DateHeader.now()));
        response.putHeader("X-Content-Type-Options", "nosniff");
        response.putHeader("X-Frame-Options", "DENY");
        response.putHeader("Referrer-Policy", "no-referrer");
        RequestOrigin origin = RequestOrigin.of(request, proxies);
        context.put(Authentication.ORIGIN, origin);
        boolean isChange = !Authentication.READS.contains(request.method().name());
        if (isChange) {
            context.addEndHandler(ended -> audit.write(
                    new AuditLog.Client(
                            Optional.<String>ofNullable(context.get(Authentication.USER))
                                    .orElse("-"),
                            context.get(Authentication.AUTHENTICATED) != null,
                            origin.address(),
                            origin.network().getHostAddress()),
                    request.method().name(),
                    context.normalizedPath(),
                    request.query(),
                    ended.succeeded() ? response.getStatusCode() : 0));
        }
        Optional<AccessDenial> denial = site.invalidHost(request)
                .or(() -> RequestSite.crossSite(request, isPage(context)))
                .or(() -> unexpectedBody(request, isChange))
                .or(() -> tooLongHeaders(request));
        if (denial.isPresent()) {
            responses.reject(context, denial.get());
        } else if (isPublic(context, isChange)) {
            proceed(context);
        } else if (allowsAnonymous && Proxies.isForwarded(request::getHeader)) {
            responses.reject(
                    context,
                    403,
                    AccessDenial.Cause.FORWARDED,
                    "A proxy has forwarded this request, and other machines need credentials: set %s or %s"
                            .formatted(AccessSettings.USERS_FILE.name(), AccessSettings.JWT_JWKS.name()));
        } else if (context.normalizedPath().equals(SessionApi.PATH)) {
            sessionApi.answer(context);
        } else {
            authentication.identify(context, caller -> authorize(context, caller, isChange));
        }
    }

    /**
     * Returns the denial of a read with a body; empty for other requests. Reads may need no credentials, and the
     * response waits for the body: clients that withhold it could keep all other requests from being admitted.
     */
    private static Optional<AccessDenial> unexpectedBody(HttpServerRequest request, boolean isChange) {
        String length = request.getHeader("Content-Length");
        boolean hasBody = request.getHeader("Transfer-Encoding") != null || (length != null && !length.equals("0"));
        return hasBody && !isChange
                ? Optional.of(new AccessDenial(
                        400,
                        AccessDenial.Cause.INVALID,
                        "The %s request has a body: expected none".formatted(request.method())))
                : Optional.empty();
    }

    /** Returns the denial of a request with too long headers of those that Vert.x parses; empty for other requests. */
    private static Optional<AccessDenial> tooLongHeaders(HttpServerRequest request) {
        int length = PARSED_HEADERS.stream()
                .mapToInt(name ->
                        Optional.ofNullable(request.getHeader(name)).orElse("").length())
                .sum();
        return length <= MAX_PARSED
                ? Optional.empty()
                : Optional.of(new AccessDenial(
                        400,
                        AccessDenial.Cause.INVALID,
                        "The headers %s have %,d characters in total: expected at most %,d"
                                .formatted(String.join(", ", PARSED_HEADERS), length, MAX_PARSED)));
    }

    /**
     * Responds to a request that the router has rejected, such as one without a Host or with a body that is too large.
     */
    void rejectUnrouted(RoutingContext context) {
        Optional<AccessDenial> denial = site.invalidHost(context.request());
        responses.reject(
                context,
                denial.filter(found -> found.status() == context.statusCode())
                        .orElseGet(() -> new AccessDenial(
                                context.statusCode(),
                                AccessDenial.Cause.INVALID,
                                context.statusCode() == 413
                                        ? "the body is larger than 64 KiB"
                                        : "the request is invalid")));
    }

    /** Responds to a request with a malformed or too large head, and closes its connection. */
    void rejectInvalid(HttpServerRequest request) {
        responses.count(AccessDenial.Cause.INVALID);
        HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
    }

    private void authorize(RoutingContext context, Caller caller, boolean isChange) {
        if (isChange && !caller.role().mayChange()) {
            responses.reject(
                    context,
                    403,
                    AccessDenial.Cause.ROLE,
                    caller.name() + " has the role view: changes require the role operate");
        } else {
            proceed(context);
        }
    }

    private void proceed(RoutingContext context) {
        RequestOrigin origin = context.get(Authentication.ORIGIN);
        Optional<WorkerPool.Request> admitted = workers(context).tryAdmit(origin.network());
        if (admitted.isEmpty()) {
            responses.reject(
                    context,
                    new AccessDenial(
                            503,
                            AccessDenial.Cause.BUSY,
                            "too many requests of this network or of all clients: try again in a moment",
                            Duration.ofSeconds(1)));
            return;
        }
        WorkerPool.Request request = admitted.get();
        request.bindTo(context.vertx().getOrCreateContext());
        context.addHeadersEndHandler(begun -> request.answered());
        context.addEndHandler(ended -> request.answered());
        context.next();
    }

    private WorkerPool workers(RoutingContext context) {
        String path = context.normalizedPath();
        if (isHealth(path)) {
            return probes;
        }
        return path.equals(METRICS) ? scrapes : others;
    }

    private static boolean isHealth(String path) {
        return path.equals(HEALTH) || path.startsWith(HEALTH + "/");
    }

    private boolean isPublic(RoutingContext context, boolean isChange) {
        String path = context.normalizedPath();
        if (isChange) {
            return false;
        }
        // With a query, the response contains details such as the addresses of servers.
        boolean isProbe = isHealth(path) && context.request().query() == null;
        return isProbe || path.equals(METRICS) || isPage(context);
    }

    private boolean isPage(RoutingContext context) {
        String path = context.normalizedPath();
        boolean acceptsPage = !path.equals("/")
                || Optional.ofNullable(context.request().getHeader("Accept"))
                        .orElse("")
                        .contains("text/html");
        return files.contains(path) && acceptsPage;
    }
}
