package io.wadi.kafka.client;

import io.wadi.kafka.ConsumedRecord;
import io.wadi.kafka.RecordDelivery;
import io.wadi.kafka.RouteWork;
import io.wadi.kafka.consumer.FlowConsumer;
import io.wadi.runtime.health.FatalErrors;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.spi.Synchronization;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a {@link FlowConsumer} how each of its records ended, whatever the route's error settings are. Added to every route
 * once, as a policy factory. It also keeps the record as it came from Kafka with the exchange, for the dead letters, and
 * sees to it that an endpoint hands records over as a {@link FlowConsumer} needs it.
 */
public final class EndOfRecord implements RoutePolicyFactory {
    private static final Logger LOG = LoggerFactory.getLogger(EndOfRecord.class);

    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        return new Policy();
    }

    private static final class Policy implements RoutePolicy {
        @Override
        public void onInit(Route route) {
            if (route.getEndpoint() instanceof KafkaEndpoint endpoint) {
                refuseBatching(route, endpoint);
                refuseInstanceId(route, endpoint);
                refuseMistakes(route, endpoint);
                neverBreak(route, endpoint);
                reportOnce(route, endpoint);
                sayRoute(route, endpoint);
            }
        }

        /** Camel would take the records of many partitions into one exchange, which ends none of them. */
        private static void refuseBatching(Route route, KafkaEndpoint endpoint) {
            if (endpoint.getConfiguration().isBatching()) {
                throw new IllegalArgumentException("Route " + route.getRouteId()
                        + ": batching=true cannot be used; kafkaClientFactory=#runs hands over many records at a time");
            }
        }

        /** All consumers of a route would have the same, and those of other processes with its files: they keep each other out. */
        private static void refuseInstanceId(Route route, KafkaEndpoint endpoint) {
            String instance = endpoint.getConfiguration().getGroupInstanceId();
            if (instance != null) {
                throw new IllegalArgumentException(
                        ("Route %s: groupInstanceId: found %s, allowed: nothing. Every consumer of"
                                        + " every process would have it, and Kafka lets in one only; without it a member that"
                                        + " leaves is replaced within a second")
                                .formatted(route.getRouteId(), instance));
            }
        }

        /** Where the consumer is made, on a thread of its own, Camel would only try again and again. */
        private static void refuseMistakes(Route route, KafkaEndpoint endpoint) {
            if (endpoint.getKafkaClientFactory() instanceof FlowClientFactory clients) {
                try {
                    clients.check(endpoint.getConfiguration().createConsumerProperties());
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("Route " + route.getRouteId() + ": " + e.getMessage(), e);
                }
            }
        }

        /** Camel would skip the other partitions' records and make a new consumer, which knows nothing of a pause. */
        private static void neverBreak(Route route, KafkaEndpoint endpoint) {
            if (endpoint.getConfiguration().isBreakOnFirstError()) {
                LOG.warn(
                        "Route {}: breakOnFirstError=true is ignored: only the partition of a failed record waits",
                        route.getRouteId());
                endpoint.getConfiguration().setBreakOnFirstError(false);
            }
        }

        /**
         * The flow's consumer reports a failed record with its offset and its next try, and hands it over again: no need
         * for Camel to log it too, or to take a copy of it through the route once more.
         */
        private static void reportOnce(Route route, KafkaEndpoint endpoint) {
            endpoint.setBridgeErrorHandler(false);
            endpoint.setExceptionHandler(new QuietExceptionHandler(route.getRouteId()));
        }

        /** For the figures of the partitions that it reads. */
        private static void sayRoute(Route route, KafkaEndpoint endpoint) {
            if (endpoint.getKafkaClientFactory() instanceof FlowClientFactory) {
                endpoint.getConfiguration().getAdditionalProperties().put(RouteWork.ROUTE, route.getRouteId());
            }
        }

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            RecordDelivery delivery = RecordDelivery.onThisThread();
            if (delivery == null || !isKafka(route) || exchange.getProperty(ConsumedRecord.PROPERTY) != null) {
                return;
            }
            ConsumerRecord<Object, Object> handedOver = delivery.begin();
            if (handedOver != null) {
                exchange.setProperty(ConsumedRecord.PROPERTY, handedOver);
                exchange.getExchangeExtension().addOnCompletion(new Report(delivery, handedOver));
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
            // Not called while Camel stops; the exchange's completion is reported instead.
            FatalErrors.endOn(exchange.getException());
            FatalErrors.endOn(exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class));
        }

        private static boolean isKafka(Route route) {
            return route.getEndpoint() instanceof KafkaEndpoint;
        }
    }

    private record Report(RecordDelivery delivery, ConsumerRecord<Object, Object> handedOver)
            implements Synchronization {
        @Override
        public void onComplete(Exchange exchange) {
            delivery.ended(handedOver, isRolledBack(exchange) ? rolledBack() : null);
        }

        @Override
        public void onFailure(Exchange exchange) {
            Exception cause = exchange.getException();
            delivery.ended(handedOver, cause != null ? cause : rolledBack());
        }

        /** Camel calls an exchange completed that is marked for rollback and has no exception. */
        private static boolean isRolledBack(Exchange exchange) {
            return exchange.isRollbackOnly() || exchange.isRollbackOnlyLast();
        }

        private static Exception rolledBack() {
            return new IllegalStateException("its exchange was rolled back");
        }
    }
}
