package io.wadi.ingest.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.IntakeErrors;
import io.wadi.ingest.IntakeRequest;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.support.DefaultConsumer;

/**
 * Runs requests through a route, on their event loops. Headers cross in neither direction: a route sees the request as
 * {@link IntakeRequest}, and its body as bytes.
 */
final class IntakeConsumer extends DefaultConsumer implements PlatformHttpConsumer, Suspendable, Dispatch.Target {
    private static final int TOO_LARGE = 413;

    private final Dispatch dispatch;
    private final long maxBodyBytes;
    private final PathPattern path;
    private final String methods;
    private final Set<String> allowed;
    private final MeterRegistry meters;
    private RequestCounts counts;

    IntakeConsumer(
            PlatformHttpEndpoint endpoint,
            Processor processor,
            Dispatch dispatch,
            long maxBodyBytes,
            MeterRegistry meters) {
        super(endpoint, processor);
        this.dispatch = dispatch;
        this.maxBodyBytes = maxBodyBytes;
        this.meters = meters;
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
        dispatch.add(this);
    }

    @Override
    protected void doStop() throws Exception {
        dispatch.remove(this);
        super.doStop();
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
    public void handle(HttpServerRequest request, Map<String, String> parameters, Context loop) {
        request.response()
                .bodyEndHandler(ended -> counts.answered(request.response().getStatusCode()));
        if (!isTaking(request)) {
            return;
        }
        WholeBody.read(
                request,
                maxBodyBytes,
                body -> {
                    if (isTaking(request)) {
                        run(request, new IntakeRequest(request, parameters, loop), loop, body);
                    }
                },
                () -> Responses.error(request.response(), TOO_LARGE, "the body is larger than wadi.http.max-body"));
    }

    /** A route that is to stop takes no request any more, and ends those it has begun. */
    private boolean isTaking(HttpServerRequest request) {
        boolean taking = !isSuspendingOrSuspended() && isRunAllowed();
        if (!taking) {
            Responses.unavailable(request.response(), "Wadi is stopping");
        }
        return taking;
    }

    /** The answer is written on the event loop, wherever the route has ended. */
    private void run(HttpServerRequest http, IntakeRequest request, Context loop, byte[] body) {
        Exchange exchange = createExchange(false);
        exchange.setPattern(ExchangePattern.InOut);
        request.attach(exchange);
        exchange.getMessage().setBody(body);
        Thread thread = Thread.currentThread();
        getAsyncProcessor().process(exchange, doneSync -> {
            if (Thread.currentThread().equals(thread)) {
                answer(http, exchange);
            } else {
                loop.runOnContext(ignored -> answer(http, exchange));
            }
        });
    }

    private void answer(HttpServerRequest http, Exchange exchange) {
        try {
            if (exchange.getException() != null) {
                IntakeErrors.answer(exchange, exchange.getException());
            }
            Responses.write(http.response(), exchange);
        } finally {
            releaseExchange(exchange, false);
        }
    }
}
