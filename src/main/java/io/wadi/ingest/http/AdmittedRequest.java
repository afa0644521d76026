package io.wadi.ingest.http;

import io.opentelemetry.api.trace.Span;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import io.wadi.ingest.admission.Permit;
import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.request.ErrorResponses;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.request.RequestBody;
import io.wadi.runtime.telemetry.TraceParent;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;

/**
 * An admitted request and its way through the route. Its memory is released after the response, or when the client
 * disconnects before the route starts. Used on its event loop only, except {@link #abort} and {@link #abortAfter}.
 */
final class AdmittedRequest implements BufferedBody.BodyListener, IncomingBodies.Body {
    private static final int TOO_LARGE = 413;
    private static final int UNAVAILABLE = 503;

    private final IngestConsumer route;
    private final HttpServerRequest http;
    private final IngestRequest request;
    private final IngestLoop loop;
    private final Permit permit;
    private final IncomingBodies bodies;
    /** Null without tracing. */
    private final Span span;

    private RequestBody stream;
    private BufferedBody buffer;
    private boolean running;

    /** Whether a streamed body ends because the route stops. */
    private boolean closing;

    AdmittedRequest(
            IngestConsumer route,
            HttpServerRequest http,
            Map<String, String> parameters,
            IngestLoop loop,
            Permit permit) {
        this.route = route;
        this.http = http;
        this.span = route.traces().isOn() ? startSpan() : null;
        this.request = new IngestRequest(
                http,
                parameters,
                loop,
                ScheduledReadAllocator.of(((ConnectionBase) http.connection()).channel()),
                permit,
                route.bodies().windowBytes(),
                span);
        this.loop = loop;
        this.permit = permit;
        this.bodies = IncomingBodies.of(http.connection());
    }

    private Span startSpan() {
        Span started = route.traces()
                .request(
                        http.method().name(),
                        route.getEndpoint().getPath(),
                        http.headers().get(TraceParent.NAME));
        // Called when the response is written or the client has disconnected.
        http.response().closeHandler(closed -> started.end());
        return started;
    }

    private boolean isStreaming() {
        return route.getEndpoint().isUseStreaming();
    }

    /** Starts the route, after reading the body unless the endpoint streams it. */
    void begin() {
        bodies.add(http.streamId(), this);
        if (isStreaming()) {
            stream = new RequestBody(http);
            route.readingStarted(this);
            run(stream);
            stream.pauseUnlessAwaited();
        } else {
            readFully();
        }
    }

    /** Stops reading the body, for a reason that becomes the response. Thread-safe. */
    @Override
    public void abort(RequestException reason) {
        loop.run(ignored -> {
            if (isStreaming()) {
                closing |= reason.status() == UNAVAILABLE;
                stream.fail(reason);
            } else if (!running && !http.response().ended()) {
                buffer.release();
                if (reason.status() == UNAVAILABLE) {
                    route.rejectClosed(http);
                } else {
                    route.rejections().responded(reason.status());
                    Responses.error(http, reason.status(), reason.getMessage());
                }
                endSpan();
            }
        });
    }

    @Override
    public long heldBytes() {
        return permit.bytes();
    }

    /** Stops reading the body after a delay, unless the request has its response by then. Thread-safe. */
    void abortAfter(Duration time, RequestException reason) {
        loop.context().owner().setTimer(time.toMillis(), late -> abort(reason));
    }

    private void readFully() {
        route.readingStarted(this);
        http.response().endHandler(ended -> {
            if (!running) {
                route.readingEnded(this);
                responseEnded();
            }
        });
        buffer = BufferedBody.read(http, route.bodies().maxBodyBytes(), this::bodyRead, this);
    }

    private void bodyRead(Object body) {
        if (route.mayStart()) {
            route.readingEnded(this);
            run(body);
        } else {
            route.rejectClosed(http);
            endSpan();
        }
    }

    @Override
    public long reserve(long needed, long preferred) {
        return permit.reserve(needed, preferred);
    }

    @Override
    public void outOfMemory() {
        route.rejections().rejected(Reason.IN_FLIGHT_LIMIT);
        Responses.unavailable(http, Charge.LIMIT_REACHED);
        endSpan();
    }

    @Override
    public void tooLarge() {
        route.rejections().rejected(Reason.TOO_LARGE);
        Responses.error(
                http,
                TOO_LARGE,
                "the body is longer than %d bytes".formatted(route.bodies().maxBodyBytes()));
        endSpan();
    }

    /** Runs the route. The response is written on the event loop, whichever thread completes the exchange. */
    private void run(Object body) {
        running = true;
        Exchange exchange = route.createExchange(false);
        exchange.setPattern(ExchangePattern.InOut);
        request.attach(exchange);
        exchange.getMessage().setBody(body);
        Thread thread = Thread.currentThread();
        route.getAsyncProcessor().process(exchange, doneSync -> {
            if (Thread.currentThread().equals(thread)) {
                answer(exchange);
            } else {
                loop.run(ignored -> answer(exchange));
            }
        });
    }

    private void answer(Exchange exchange) {
        try {
            if (exchange.getException() != null) {
                ErrorResponses.answer(exchange, exchange.getException());
            }
            Responses.write(http, exchange, loop);
            Http2Guard.StreamState unread = Http2Guard.unread(http);
            if (unread != null && !permit.grow(Responses.queuedBytes(exchange))) {
                route.rejections().rejected(Reason.IN_FLIGHT_LIMIT);
                unread.reset();
            } else {
                countRejected(http.response().getStatusCode());
            }
        } finally {
            endSpan();
            countAnswered(http.response());
            route.releaseExchange(exchange, false);
            if (stream != null) {
                discardRest();
            }
        }
    }

    /** Counts the response if it rejects the request. Other causes of 503 are failures of Kafka or a registry. */
    private void countRejected(int status) {
        if (status == UNAVAILABLE && closing) {
            route.rejections().rejected(Reason.CLOSED);
        } else if (status == UNAVAILABLE && permit.isExhausted()) {
            route.rejections().rejected(Reason.IN_FLIGHT_LIMIT);
        } else {
            route.rejections().responded(status);
        }
    }

    /** Counts the request as answered once its response is written, which depends on how fast the client reads. */
    private void countAnswered(HttpServerResponse response) {
        if (response.ended() || response.closed()) {
            responseEnded();
        } else {
            response.endHandler(ended -> responseEnded());
        }
    }

    /**
     * Releases the request's memory, for HTTP/2 only after the client has read the whole response: a queued part of it
     * is charged to the request rather than to the connection.
     */
    private void responseEnded() {
        bodies.remove(http.streamId(), this);
        Http2Guard.StreamState unread = Http2Guard.unread(http);
        if (unread == null) {
            answered();
        } else {
            unread.onClosed(this::answered);
        }
    }

    private void answered() {
        permit.close();
        route.answered();
    }

    private void endSpan() {
        if (span != null) {
            span.setAttribute("http.response.status_code", http.response().getStatusCode());
            span.end();
        }
    }

    /** Discards the rest of the body, so that a client that is still sending can read the response. */
    private void discardRest() {
        route.readingEnded(this);
        stream.close();
        if (!http.isEnded()) {
            BufferedBody.discard(http, route.bodies().maxBodyBytes());
            http.resume();
        }
    }
}
