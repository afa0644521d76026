package io.wadi.kafka;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.DefaultConsumer;

/**
 * Tells a {@link FlowConsumer} how each of its records ended, whatever the route's error settings are. Added to every route
 * once, as a policy factory. It also keeps the record as it came from Kafka with the exchange, for the dead letters.
 */
public final class EndOfRecord implements RoutePolicyFactory {
    /** The exchange property that holds the {@code ConsumerRecord} as it came from Kafka. */
    public static final String RECORD = "wadiRecord";

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        return new Policy();
    }

    private static final class Policy implements RoutePolicy {
        @Override
        public void onInit(Route route) {
            if (route.getConsumer() instanceof DefaultConsumer consumer && isKafka(route)) {
                // The flow's consumer reports a failed record with its offset and its next try; once is enough.
                consumer.setExceptionHandler(new QuietExceptionHandler(route.getRouteId()));
            }
        }

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            FlowConsumer consumer = FlowConsumer.onThisThread();
            if (consumer != null && isKafka(route) && exchange.getProperty(RECORD) == null) {
                exchange.setProperty(RECORD, consumer.current());
                exchange.getExchangeExtension().addOnCompletion(new Report(consumer));
            }
        }

        @Override
        public void onRemove(Route route) {
            // nothing is held
        }

        @Override
        public void onStart(Route route) {
            // nothing to do
        }

        @Override
        public void onStop(Route route) {
            // nothing to do
        }

        @Override
        public void onSuspend(Route route) {
            // nothing to do
        }

        @Override
        public void onResume(Route route) {
            // nothing to do
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            // not called while Camel stops; the exchange's completion is reported instead
        }

        private static boolean isKafka(Route route) {
            return route.getEndpoint() instanceof KafkaEndpoint;
        }
    }

    private record Report(FlowConsumer consumer) implements Synchronization {
        @Override
        public void onComplete(Exchange exchange) {
            consumer.ended(null);
        }

        @Override
        public void onFailure(Exchange exchange) {
            Exception cause = exchange.getException();
            consumer.ended(cause != null ? cause : new IllegalStateException("its exchange was rolled back"));
        }
    }
}
