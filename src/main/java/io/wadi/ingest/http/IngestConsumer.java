package io.wadi.ingest.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.admission.Permit;
import io.wadi.ingest.admission.Rejection;
import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.ingest.admission.UnverifiedToken;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.PathPattern;
import io.wadi.runtime.security.WorkQueue;
import io.wadi.runtime.telemetry.Traces;
import java.net.InetAddress;
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
 * A consumer that runs requests through a route, on their event loops. HTTP headers do not become headers of the
 * exchange, nor the reverse: a route accesses the request by {@link io.wadi.ingest.request.IngestRequest}. The message
 * body is the request's body as bytes, or a {@link io.wadi.ingest.request.RequestBody} if the endpoint has {@code
 * useStreaming}.
 */
final class IngestConsumer extends DefaultConsumer
        implements PlatformHttpConsumer, Suspendable, ShutdownAware, RequestDispatcher.Target {
    /** The time for which bodies are still received when the route stops on shutdown. */
    private static final Duration STOP_GRACE = Duration.ofSeconds(5);
    /** The time for which bodies are still received when the route is replaced: new requests wait for it. */
    private static final Duration REPLACE_GRACE = Duration.ofSeconds(1);

    private final IngestServer server;
    private final IngestEngine.RequestPolicy policy;
    private final IngestEngine.Bodies bodies;
    private final long maxBodyBytes;
    private final PathPattern path;
    private final String methods;
    private final Set<String> allowed;
    private final MeterRegistry meters;
    private final Traces traces;
    private final Set<AdmittedRequest> reading = ConcurrentHashMap.newKeySet();
    /** The number of accepted requests without a response. */
    private final AtomicInteger unanswered = new AtomicInteger();

    private volatile String route = "";
    private RequestCounts counts;

    IngestConsumer(
            PlatformHttpEndpoint endpoint,
            Processor processor,
            IngestServer server,
            IngestEngine.RequestPolicy policy,
            IngestEngine.Bodies bodies,
            MeterRegistry meters,
            Traces traces) {
        super(endpoint, processor);
        this.server = server;
        this.policy = policy;
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
        route = routeOf(getEndpoint());
        server.dispatch().remove(target -> target == this || isStoppedConsumerOf(target, route));
        server.dispatch().add(this);
    }

    /**
     * Returns the id of the endpoint's route, which Camel does not pass to the consumer. The route may have a wrapper of
     * the endpoint, for an {@code interceptSendToEndpoint}.
     */
    private static String routeOf(PlatformHttpEndpoint endpoint) {
        return endpoint.getCamelContext().getRoutes().stream()
                .filter(each ->
                        endpoint.getEndpointUri().equals(each.getEndpoint().getEndpointUri()))
                .map(Route::getRouteId)
                .findFirst()
                .orElse("");
    }

    /**
     * Stops this consumer. The path stays registered if the route is stopped on shutdown or by an operator, so that its
     * requests get 503 rather than another route or 404.
     */
    @Override
    protected void doStop() throws Exception {
        if (!getEndpoint().getCamelContext().isStopping() && policy.isOpen().test(route)) {
            server.dispatch().remove(target -> target == this);
        }
        super.doStop();
    }

    /** Returns whether this is a stopped consumer that kept its path for the route. */
    static boolean isStoppedConsumerOf(RequestDispatcher.Target target, String route) {
        return target instanceof IngestConsumer consumer && !consumer.isRunAllowed() && route.equals(consumer.route);
    }

    /**
     * Stops accepting requests. On shutdown, closes the listening socket before open connections are closed: their
     * clients would reconnect at once and be dropped. Bodies that are still being received after the grace period are
     * aborted; the response has the receipts so far.
     */
    @Override
    protected void doSuspend() throws Exception {
        super.doSuspend();
        if (getEndpoint().getCamelContext().isStopping()) {
            server.stopAccepting();
        }
        reading.forEach(this::abortLater);
    }

    private void abortLater(AdmittedRequest request) {
        boolean isForGood = getEndpoint().getCamelContext().isStopping();
        request.abortAfter(
                isForGood ? STOP_GRACE : REPLACE_GRACE,
                RequestException.unavailable(
                        isForGood ? "Wadi is stopping" : "the route is being replaced or stopped"));
    }

    @Override
    public boolean deferShutdown(ShutdownRunningTask task) {
        return false;
    }

    /**
     * Returns the number of requests without a response that have no exchange: it has not started yet, or it has ended
     * and the response is being written.
     */
    @Override
    public int getPendingExchangesSize() {
        int exchanges = getEndpoint().getCamelContext().getInflightRepository().size(getRouteId());
        return Math.max(0, unanswered.get() - exchanges);
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        // Requests in flight end within the grace period.
    }

    @Override
    public PathPattern path() {
        return path;
    }

    @Override
    public boolean accepts(String method) {
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
        // Counted before the check, so that a stop after the check waits for this request.
        unanswered.incrementAndGet();
        if (isAccepting()) {
            String topic = parameters.getOrDefault("topic", policy.topic());
            admit(
                    new HttpRequestHead(request, policy.admission(), topic, maxBodyBytes, loop),
                    request,
                    parameters,
                    loop);
            return;
        }
        // A request for a route that is being replaced waits for the new route.
        if (!server.dispatch().enqueueIfHeld(request, loop)) {
            rejectClosed(request);
            BufferedBody.discard(request, maxBodyBytes);
        }
        unanswered.decrementAndGet();
    }

    private void admit(
            HttpRequestHead head, HttpServerRequest request, Map<String, String> parameters, IngestLoop loop) {
        Admission.Decision decision = policy.admission().admit(head);
        if (decision instanceof Permit permit) {
            if (permit.caller() != null) {
                loop.reads().hasKey();
            }
            new AdmittedRequest(this, request, parameters, loop, permit).begin();
        } else if (decision instanceof UnverifiedToken token) {
            request.pause();
            InetAddress address = token.address();
            Future<Rejection> verification = server.tokens().submit(loop.context(), address, token::verify);
            request.response().closeHandler(closed -> server.tokens().cancel(address, verification));
            verification.onComplete(verified -> {
                token.close();
                if (request.response().closed()) {
                    unanswered.decrementAndGet();
                    return; // The client has disconnected, so nothing would release a permit.
                }
                request.resume(); // Data that arrived meanwhile is delivered in a separate task.
                if (verified.cause() instanceof WorkQueue.FullException) {
                    reject(request, Rejection.soon(Reason.OVERLOADED, "too many tokens are waiting to be verified"));
                } else if (verified.failed()) {
                    reject(request, Rejection.of(Reason.FAILED, HttpResponses.INTERNAL));
                } else if (verified.result() != null) {
                    reject(request, verified.result());
                } else {
                    admit(head, request, parameters, loop);
                }
            });
        } else {
            reject(request, (Rejection) decision);
        }
    }

    private void reject(HttpServerRequest request, Rejection rejection) {
        rejections().rejected(rejection.reason());
        BufferedBody.discard(request, maxBodyBytes);
        Responses.reject(request, rejection);
        unanswered.decrementAndGet();
    }

    /** Returns whether new requests are accepted: not if the route is stopping or paused. */
    private boolean isAccepting() {
        return isRunning() && policy.isOpen().test(route);
    }

    private boolean isRunning() {
        return !isSuspendingOrSuspended() && isRunAllowed();
    }

    /** Rejects a request because its route is stopping or paused. */
    void rejectClosed(HttpServerRequest request) {
        rejections().rejected(Reason.CLOSED);
        if (!getEndpoint().getCamelContext().isStopping() && !policy.isOpen().test(route)) {
            Responses.unavailable(request, isRunning() ? "this path is paused" : "this path is stopped");
        } else if (server.isAcceptingConnections()) {
            Responses.unavailable(request, "Wadi is stopping");
        } else {
            Responses.unavailableAndClose(request, "Wadi is stopping");
        }
    }

    IngestEngine.Bodies bodies() {
        return bodies;
    }

    Traces traces() {
        return traces;
    }

    /** Returns whether an accepted request may still start the route. It may while the route is replaced. */
    boolean mayStart() {
        return isAccepting() || !getEndpoint().getCamelContext().isStopping();
    }

    void readingStarted(AdmittedRequest request) {
        reading.add(request);
        if (!isRunning()) {
            // Suspended since the request was accepted, for example while its token was verified.
            abortLater(request);
        }
    }

    void readingEnded(AdmittedRequest request) {
        reading.remove(request);
    }

    RejectionCounts rejections() {
        return server.rejections();
    }

    /** Counts an accepted request as answered or disconnected. */
    void answered() {
        unanswered.decrementAndGet();
    }
}
