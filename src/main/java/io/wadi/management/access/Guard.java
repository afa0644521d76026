package io.wadi.management.access;

import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.wadi.runtime.security.Proxies;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
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
    private static final String HEALTH = "/observe/health";
    private static final String METRICS = "/observe/metrics";
    private static final int FORBIDDEN = 403;
    private static final int TOO_LARGE = 413;

    private final Set<String> files;
    private final RequestSite site;
    private final Authentication authentication;
    private final SessionApi sessionApi;
    private final AccessResponses responses;
    private final AuditLog audit = new AuditLog(Clock.systemUTC());
    private final Proxies proxies;

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
        this.files = Set.copyOf(options.files());
        this.site = new RequestSite(options.hosts());
        this.proxies = options.proxies();
        this.responses = new AccessResponses(meters);
        String cookie = "wadi-session-" + options.port();
        Sessions sessions = new Sessions(options.sessionHolds(), options.remembered());
        Passwords passwords = new Passwords(users, clock, options.remembered());
        this.authentication =
                new Authentication(users, tokens, options.isForAll(), cookie, sessions, passwords, responses);
        this.sessionApi = new SessionApi(users, cookie, sessions, authentication, responses);
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        response.putHeader("X-Content-Type-Options", "nosniff");
        response.putHeader("X-Frame-Options", "DENY");
        response.putHeader("Referrer-Policy", "no-referrer");
        Source source = Source.of(request, proxies);
        context.put(Authentication.SOURCE, source);
        boolean isChange = !Authentication.READS.contains(request.method().name());
        if (isChange) {
            context.addEndHandler(ended -> audit.write(
                    Optional.<String>ofNullable(context.get(Authentication.WHO)).orElse("-"),
                    source.address(),
                    request.method().name(),
                    context.normalizedPath(),
                    request.query(),
                    ended.succeeded() ? response.getStatusCode() : 0));
        }
        Optional<Refusal> refusal =
                site.misdirected(request).or(() -> RequestSite.ofOtherSite(request, isPage(context)));
        if (refusal.isPresent()) {
            responses.refuse(context, refusal.get());
        } else if (isOpen(context, isChange)) {
            context.next();
        } else if (context.normalizedPath().equals(SessionApi.PATH)) {
            sessionApi.answer(context);
        } else {
            authentication.identify(context, who -> goOn(context, who, isChange));
        }
    }

    /** Answers a request that the server's router has refused, such as one without a Host or with a body that is too large. */
    void refuseUnrouted(RoutingContext context) {
        Optional<Refusal> refusal = site.misdirected(context.request());
        responses.refuse(
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
            responses.refuse(
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
}
