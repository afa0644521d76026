package io.wadi.ingest;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConsumer;
import org.apache.camel.support.AsyncProcessorConverterHelper;

/**
 * Runs a request through its route. The route begins on a worker thread, so that a step may block without holding up other
 * requests, and holds no thread while Kafka's acknowledgement is on its way; the answer is written by the connection's own
 * event loop. Headers cross in neither direction: a route sees the request as {@link EventRequest}.
 */
final class EventHttpConsumer extends VertxPlatformHttpConsumer {
    private final AsyncProcessor route;

    EventHttpConsumer(
            PlatformHttpEndpoint endpoint,
            Processor processor,
            List<Handler<RoutingContext>> handlers,
            String routerName) {
        super(endpoint, processor, handlers, routerName);
        this.route = AsyncProcessorConverterHelper.convert(processor);
    }

    @Override
    protected void handleRequest(RoutingContext context) {
        if (isSuspended() || isStoppingOrStopped()) {
            HttpAnswers.unavailable(context, "Wadi is stopping");
            return;
        }
        Context loop = context.vertx().getOrCreateContext();
        Exchange exchange = exchange(context);
        context.vertx()
                .executeBlocking(
                        () -> route.process(
                                exchange, doneSync -> loop.runOnContext(ignored -> answer(context, exchange))),
                        false)
                .onFailure(context::fail);
    }

    private Exchange exchange(RoutingContext context) {
        Exchange exchange = createExchange(false);
        exchange.setPattern(ExchangePattern.InOut);
        EventRequest.attach(exchange, context);
        byte[] body = context.body().buffer() == null
                ? new byte[0]
                : context.body().buffer().getBytes();
        exchange.getMessage().setBody(body);
        return exchange;
    }

    private void answer(RoutingContext context, Exchange exchange) {
        try {
            if (exchange.getException() != null) {
                IntakeErrors.answer(exchange, exchange.getException());
            }
            HttpAnswers.write(context, exchange);
        } catch (RuntimeException e) {
            context.fail(e);
        } finally {
            releaseExchange(exchange, false);
        }
    }
}
