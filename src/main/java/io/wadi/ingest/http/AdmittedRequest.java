package io.wadi.ingest.http;

import io.opentelemetry.api.trace.Span;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.wadi.ingest.admission.Permit;
import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.ingest.event.BodyException;
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
 * An admitted request on its way through its route. Its memory is released when it is answered, or when its client has
 * gone before its route began. Used on its event loop only, except {@link #cut} and {@link #cutAfter}.
 */
final class AdmittedRequest implements BufferedBody.Refusals, IncomingBodies.Body {
    private static final int TOO_LARGE = 413;
    private static final int UNAVAILABLE = 503;

    private final IngestConsumer route;
    private final HttpServerRequest http;
    private final IngestRequest request;
    private final IngestLoop loop;
    private final Permit permit;
    private final IncomingBodies bodies;
    /** Null where there are no traces. */
    private final Span span;

    private RequestBody stream;
    private boolean running;

    /** Takes whose it is, the values of its path's parameters, its event loop, and its room. */
    AdmittedRequest(
            IngestConsumer route,
            HttpServerRequest http,
            Map<String, String> parameters,
            IngestLoop loop,
            Permit permit) {
        this.route = route;
        this.http = http;
        this.span = route.traces().isOn() ? beginSpan() : null;
        this.request =
                new IngestRequest(http, parameters, loop, permit, route.bodies().windowBytes(), span);
        this.loop = loop;
        this.permit = permit;
        this.bodies = IncomingBodies.of(http.connection());
    }

    private Span beginSpan() {
        Span begun = route.traces()
                .request(
                        http.method().name(),
                        route.getEndpoint().getPath(),
                        http.headers().get(TraceParent.NAME));
        // Written, or its client has gone.
        http.response().closeHandler(gone -> begun.end());
        return begun;
    }

    private boolean isStreaming() {
        return route.getEndpoint().isUseStreaming();
    }

    /** Begins with its route, or first with its body. */
    void begin() {
        bodies.add(http.streamId(), this);
        if (isStreaming()) {
            stream = new RequestBody(http);
            route.reads(this);
            run(stream);
            stream.begun();
        } else {
            readWhole();
        }
    }

    /** From any thread. */
    @Override
    public void cut(BodyException reason) {
        loop.run(ignored -> {
            if (isStreaming()) {
                stream.fail(reason);
            } else if (!running && !http.response().ended()) {
                if (reason.status() == UNAVAILABLE) {
                    route.refuseClosed(http);
                } else {
                    Responses.error(http.response(), reason.status(), reason.getMessage());
                }
            }
        });
    }

    @Override
    public long held() {
        return permit.bytes();
    }

    /** Has no more of its body read, for this reason, once so much time has gone by. */
    void cutAfter(Duration time, BodyException reason) {
        loop.context().owner().setTimer(time.toMillis(), late -> cut(reason));
    }

    private void readWhole() {
        route.reads(this);
        http.response().endHandler(ended -> {
            if (!running) {
                route.hasRead(this);
                answered();
            }
        });
        BufferedBody.read(http, route.bodies().maxBodyBytes(), this::whole, this);
    }

    private void whole(Object body) {
        if (http.response().ended()) {
            return; // It was cut off meanwhile.
        }
        if (route.mayBegin()) {
            route.hasRead(this);
            run(body);
        } else {
            route.refuseClosed(http);
        }
    }

    @Override
    public boolean isRoom(long bytes) {
        return permit.holds(bytes);
    }

    @Override
    public void noRoom() {
        route.refused(Reason.NO_ROOM);
        Responses.unavailable(http.response(), Charge.NO_ROOM);
        endSpan();
    }

    @Override
    public void tooLarge() {
        route.refused(Reason.TOO_LARGE);
        Responses.error(
                http.response(),
                TOO_LARGE,
                "the body is longer than %d bytes".formatted(route.bodies().maxBodyBytes()));
        endSpan();
    }

    /** The answer is written on the event loop, wherever the route has ended. */
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
            Responses.write(http.response(), exchange);
        } finally {
            endSpan();
            countAnswered(http.response());
            route.releaseExchange(exchange, false);
            if (stream != null) {
                leave();
            }
        }
    }

    /** A long answer is still being written, as fast as its client reads. */
    private void countAnswered(HttpServerResponse response) {
        if (response.ended() || response.closed()) {
            answered();
        } else {
            response.endHandler(ended -> answered());
        }
    }

    private void answered() {
        bodies.remove(http.streamId(), this);
        permit.close();
        route.answered();
    }

    private void endSpan() {
        if (span != null) {
            span.setAttribute("http.response.status_code", http.response().getStatusCode());
            span.end();
        }
    }

    /** What has not been read of the body is thrown away, so that the client can read its answer. */
    private void leave() {
        route.hasRead(this);
        stream.close();
        if (!http.isEnded()) {
            BufferedBody.discard(http, route.bodies().maxBodyBytes());
            http.resume();
        }
    }
}
