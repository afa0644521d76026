package io.wadi.streams;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.support.DefaultConsumer;

/** Runs a topology from the route's start to its stop, and has health know of it meanwhile. */
final class StreamsConsumer extends DefaultConsumer {
    private final String name;
    private final StreamsFlow flow;
    private final StreamsComponent streams;
    private RunningFlow running;
    private List<StreamsHealth> checks = List.of();

    StreamsConsumer(
            StreamsEndpoint endpoint, Processor processor, String name, StreamsFlow flow, StreamsComponent streams) {
        super(endpoint, processor);
        this.name = name;
        this.flow = flow;
        this.streams = streams;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        running = new RunningFlow(name, flow, streams::adminSettings, () -> streams.settings(flow), this::tell);
        checks = List.of(
                StreamsHealth.running(name, running, streams.patience()),
                StreamsHealth.complaint(name, flow.complaint(), streams.patience()),
                StreamsHealth.ended(name, running));
        HealthCheckRegistry registry = HealthCheckRegistry.get(getEndpoint().getCamelContext());
        if (registry != null) {
            checks.forEach(registry::register);
        }
        running.start();
    }

    private void tell(String state) {
        if (!isRunAllowed()) {
            return;
        }
        Exchange exchange = createExchange(false);
        exchange.getMessage().setBody(state);
        try {
            getProcessor().process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        }
        if (exchange.getException() != null) {
            getExceptionHandler().handleException("The route was not told " + state, exchange, exchange.getException());
        }
        releaseExchange(exchange, false);
    }

    @Override
    protected void doStop() throws Exception {
        if (running != null) {
            running.close();
            HealthCheckRegistry registry = HealthCheckRegistry.get(getEndpoint().getCamelContext());
            if (registry != null) {
                checks.forEach(registry::unregister);
            }
            running = null;
        }
        super.doStop();
    }
}
