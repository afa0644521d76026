package io.wadi.ingest.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.admission.Permit;
import io.wadi.ingest.admission.Rejection;
import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.ingest.admission.UnverifiedToken;
import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.runtime.telemetry.Traces;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.Suspendable;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.DefaultConsumer;

/**
 * Runs requests through a route, on their event loops. Headers cross in neither direction: a route sees the request as
 * {@link io.wadi.ingest.request.IngestRequest}, and its body as bytes, or as a {@link io.wadi.ingest.request.RequestBody} where its endpoint says {@code useStreaming}.
 */
final class IngestConsumer extends DefaultConsumer
        implements PlatformHttpConsumer, Suspendable, ShutdownAware, RequestDispatcher.Target {
    /** How long a body may go on to come once its route is to stop. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);
    /** The same where the route is replaced: all others wait for it. */
    private static final Duration LAST_WORDS_TO_NEXT = Duration.ofSeconds(1);

    private final IngestServer server;
    private final IngestEngine.Door door;
    private final IngestEngine.Bodies bodies;
    private final long maxBodyBytes;
    private final PathPattern path;
    private final String methods;
    private final Set<String> allowed;
    private final MeterRegistry meters;
    private final Traces traces;
    private final Set<AdmittedRequest> reading = ConcurrentHashMap.newKeySet();
    /** Requests that were taken and are not answered. */
    private final AtomicInteger unanswered = new AtomicInteger();

    private volatile String route = "";
    private RequestCounts counts;
    private RejectionCounts refusals;

    IngestConsumer(
            PlatformHttpEndpoint endpoint,
            Processor processor,
            IngestServer server,
            IngestEngine.Door door,
            IngestEngine.Bodies bodies,
            MeterRegistry meters,
            Traces traces) {
        super(endpoint, processor);
        this.server = server;
        this.door = door;
        this.bodies = bodies;
        this.maxBodyBytes = endpoint.isUseStreaming() ? bodies.maxStreamBytes() : bodies.maxBodyBytes();
        this.meters = meters;
        this.traces = traces;
        path = PathPattern.of(endpoint.getPath(), endpoint.isMatchOnUriPrefix());
        methods = endpoint.getHttpMethodRestrict() == null
                ? ""
                : endpoint.getHttpMethodRestrict().toUpperCase(Locale.ROOT).replace(" ", "");
        allowed = Set.of(methods.split(","));
    }

    @Override
    public PlatformHttpEndpoint getEndpoint() {
        return (PlatformHttpEndpoint) super.getEndpoint();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        counts = new RequestCounts(meters, getEndpoint().getPath());
        refusals = new RejectionCounts(meters);
        route = routeOf(getEndpoint());
        server.dispatch().remove(target -> target == this || wasLeftBy(target, route));
        server.dispatch().add(this);
    }

    /** Camel does not tell a consumer that stands behind its own. */
    private static String routeOf(PlatformHttpEndpoint endpoint) {
        return endpoint.getCamelContext().getRoutes().stream()
                .filter(each -> endpoint.equals(each.getEndpoint()))
                .map(Route::getRouteId)
                .findFirst()
                .orElse("");
    }

    /**
     * Where everything stops, or somebody has asked the route to, its path is kept, so that its requests are neither another route's
     * nor a mistake of their senders.
     */
    @Override
    protected void doStop() throws Exception {
        if (!getEndpoint().getCamelContext().isStopping() && door.isOpen().test(route)) {
            server.dispatch().remove(target -> target == this);
        }
        super.doStop();
    }

    /** Whether it is one that has stopped and kept its path for this route. */
    static boolean wasLeftBy(RequestDispatcher.Target target, String route) {
        return target instanceof IngestConsumer consumer && !consumer.isRunAllowed() && route.equals(consumer.route);
    }

    /**
     * Where everything stops the port takes no more connections, and only then are those that there are sent away: otherwise their
     * clients would come again at once, and who comes in the moment in which a port closes is cut off. Bodies that are still
     * coming in a while are not read on: their senders are told what stands.
     */
    @Override
    protected void doSuspend() throws Exception {
        super.doSuspend();
        boolean isForGood = getEndpoint().getCamelContext().isStopping();
        if (isForGood) {
            server.takeNoMoreConnections();
        }
        Duration within = isForGood ? LAST_WORDS : LAST_WORDS_TO_NEXT;
        String why = isForGood ? "Wadi is stopping" : "the route is replaced or stopped";
        reading.forEach(each -> each.cutAfter(within, BodyException.unavailable(why)));
    }

    @Override
    public boolean deferShutdown(ShutdownRunningTask task) {
        return false;
    }

    /** Requests that are no exchange yet, or whose exchange has ended before they were answered. */
    @Override
    public int getPendingExchangesSize() {
        int exchanges = getEndpoint().getCamelContext().getInflightRepository().size(getRouteId());
        return Math.max(0, unanswered.get() - exchanges);
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        // Its requests end by themselves.
    }

    @Override
    public PathPattern path() {
        return path;
    }

    @Override
    public boolean takes(String method) {
        return methods.isEmpty() || allowed.contains(method);
    }

    @Override
    public String methods() {
        return methods;
    }

    @Override
    public void handle(HttpServerRequest request, Map<String, String> parameters, IngestLoop loop) {
        request.response()
                .bodyEndHandler(ended -> counts.answered(request.response().getStatusCode()));
        // Counted before it is looked whether the route is to stop: who stops it after that sees this one.
        unanswered.incrementAndGet();
        if (isTaking()) {
            String topic = parameters.getOrDefault("topic", door.topic());
            admit(new HttpRequestHead(request, door.admission(), topic, maxBodyBytes, loop), request, parameters, loop);
            return;
        }
        // Where another route is to take the place of this one it waits for that.
        if (!server.dispatch().keep(request, loop)) {
            refuseClosed(request);
            BufferedBody.discard(request, maxBodyBytes);
        }
        unanswered.decrementAndGet();
    }

    private void admit(
            HttpRequestHead head, HttpServerRequest request, Map<String, String> parameters, IngestLoop loop) {
        Admission.Decision decision = door.admission().admit(head);
        if (decision instanceof Permit permit) {
            if (permit.caller() != null) {
                loop.reads().hasKey();
            }
            new AdmittedRequest(this, request, parameters, loop, permit).begin();
        } else if (decision instanceof UnverifiedToken token) {
            request.pause();
            loop.context().executeBlocking(token::verify, false).onComplete(looked -> {
                if (request.response().closed()) {
                    unanswered.decrementAndGet();
                    return; // Its client has gone meanwhile, and would not give its room back.
                }
                request.resume(); // What has come meanwhile comes in a turn of its own.
                if (looked.failed()) {
                    refuse(request, Rejection.of(Reason.FAILED, HttpResponses.INTERNAL));
                } else if (looked.result() != null) {
                    refuse(request, looked.result());
                } else {
                    admit(head, request, parameters, loop);
                }
            });
        } else {
            refuse(request, (Rejection) decision);
        }
    }

    private void refuse(HttpServerRequest request, Rejection rejection) {
        refusals.refused(rejection.reason());
        BufferedBody.discard(request, maxBodyBytes);
        Responses.refuse(request.response(), rejection);
        unanswered.decrementAndGet();
    }

    /** A route that is to stop or to pause takes no request any more, and ends those it has begun. */
    private boolean isTaking() {
        return isStaying() && door.isOpen().test(route);
    }

    private boolean isStaying() {
        return !isSuspendingOrSuspended() && isRunAllowed();
    }

    /** Refuses a request since its route is to stop or to pause. */
    void refuseClosed(HttpServerRequest request) {
        refusals.refused(Reason.CLOSED);
        if (!getEndpoint().getCamelContext().isStopping() && !door.isOpen().test(route)) {
            Responses.unavailable(
                    request.response(), isStaying() ? "this path is paused" : "this path is stopped for now");
        } else if (server.takesConnections()) {
            Responses.unavailable(request.response(), "Wadi is stopping");
        } else {
            Responses.leaving(request, "Wadi is stopping");
        }
    }

    /** How much of bodies is taken and kept. */
    IngestEngine.Bodies bodies() {
        return bodies;
    }

    /** Where requests have their spans. */
    Traces traces() {
        return traces;
    }

    /** Whether a request that was taken may still begin with its route: one whose route is replaced by another does. */
    boolean mayBegin() {
        return isTaking() || !getEndpoint().getCamelContext().isStopping();
    }

    /** A request's body is read from now on. */
    void reads(AdmittedRequest request) {
        reading.add(request);
    }

    /** A request's body has been read. */
    void hasRead(AdmittedRequest request) {
        reading.remove(request);
    }

    /** A request that was taken gets no more of its body. */
    void refused(Reason reason) {
        refusals.refused(reason);
    }

    /** A request that was taken has its answer, or its client has gone. */
    void answered() {
        unanswered.decrementAndGet();
    }
}
