package io.wadi.runtime.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyConfiguration;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyNamingStrategy;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.RoutePolicySupport;

/**
 * The meters of each route's exchanges. Camel's own policy looks its meters up for each exchange, which takes two to
 * three microseconds, more than all other work of Camel for an exchange. Therefore it is used only for routes with few
 * exchanges. Routes that read Kafka have counters with the same names. Routes with HTTP input have the meters of the
 * ingest instead.
 */
public final class RouteMeters extends MicrometerRoutePolicyFactory {
    public RouteMeters(MeterRegistry meters) {
        setMeterRegistry(meters);
        setNamingStrategy(new Names());
        setSkipCamelInfo(true);
        MicrometerRoutePolicyConfiguration configuration = new MicrometerRoutePolicyConfiguration();
        configuration.setContextEnabled(false);
        configuration.setExchangesSucceeded(false);
        configuration.setExternalRedeliveries(false);
        setPolicyConfiguration(configuration);
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        String uri = ((RouteDefinition) route).getEndpointUrl();
        if (uri.startsWith("platform-http:")) {
            return null;
        }
        return isOfKafka(uri) ? new Counters(routeId) : super.createRoutePolicy(context, routeId, route);
    }

    private static boolean isOfKafka(String uri) {
        return uri.matches("kafka(:.*)?");
    }

    private static Tags tags(String routeId) {
        return Tags.of("kind", "CamelRoute", "routeId", routeId);
    }

    /** Camel's names, without the tags that are the same for all routes. */
    private static final class Names implements MicrometerRoutePolicyNamingStrategy {
        @Override
        public String getName(Route route) {
            return DEFAULT.getName(route);
        }

        @Override
        public Tags getTags(Route route) {
            return tags(route.getId());
        }

        @Override
        public Tags getExchangeStatusTags(Route route) {
            return tags(route.getId());
        }
    }

    /** Counts the exchanges of a route once it has started: a route that is only tried out has no meters. */
    private final class Counters extends RoutePolicySupport {
        private final String routeId;
        private volatile Registered registered;

        private record Registered(Counter ended, Counter failed, Counter handled) {}

        Counters(String routeId) {
            this.routeId = routeId;
        }

        @Override
        public void onStart(Route route) {
            registered();
        }

        /** Returns the counters, which exchanges may need before the start has completed. */
        private Registered registered() {
            Registered known = registered;
            if (known == null) {
                // Another thread may do the same, and gets the same counters from the registry.
                known = new Registered(
                        counter("camel.exchanges.total", "Completed exchanges, including failed ones"),
                        counter("camel.exchanges.failed", "Failed exchanges"),
                        counter("camel.exchanges.failures.handled", "Exchanges with a handled failure"));
                registered = known;
            }
            return known;
        }

        private Counter counter(String name, String description) {
            return Counter.builder(name)
                    .description(description)
                    .tags(tags(routeId))
                    .register(getMeterRegistry());
        }

        @Override
        public void onRemove(Route route) {
            Registered removed = registered;
            if (removed != null) {
                List.of(removed.ended(), removed.failed(), removed.handled()).forEach(getMeterRegistry()::remove);
            }
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            Registered counters = registered();
            counters.ended().increment();
            if (exchange.isFailed()) {
                counters.failed().increment();
            } else if (ExchangeHelper.isFailureHandled(exchange)) {
                counters.handled().increment();
            }
        }
    }
}
