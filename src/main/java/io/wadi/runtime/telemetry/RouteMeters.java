package io.wadi.runtime.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.RoutePolicySupport;

/**
 * Counters of completed, failed and handled exchanges of each route, with the names of Camel's own meters, except ingest routes, which
 * have their own. Camel's policy looks up its meters for each exchange, which takes two to three microseconds, more than all other work
 * of Camel for an exchange.
 */
public final class RouteMeters implements RoutePolicyFactory {
    private final MeterRegistry meters;

    public RouteMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        boolean isIngest = ((RouteDefinition) route).getEndpointUrl().startsWith("platform-http:");
        return isIngest ? null : new Policy(routeId);
    }

    private final class Policy extends RoutePolicySupport {
        private final Counter ended;
        private final Counter failed;
        private final Counter handled;

        Policy(String routeId) {
            ended = counter("camel.exchanges.total", "Completed exchanges, including failed ones", routeId);
            failed = counter("camel.exchanges.failed", "Failed exchanges", routeId);
            handled = counter("camel.exchanges.failures.handled", "Exchanges with a handled failure", routeId);
        }

        private Counter counter(String name, String description, String routeId) {
            return Counter.builder(name)
                    .description(description)
                    .tag("kind", "CamelRoute")
                    .tag("routeId", routeId)
                    .register(meters);
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            ended.increment();
            if (exchange.isFailed()) {
                failed.increment();
            } else if (ExchangeHelper.isFailureHandled(exchange)) {
                handled.increment();
            }
        }
    }
}
