package io.wadi.kafka.client;

import io.wadi.kafka.ConsumedRecord;
import io.wadi.kafka.Intercepted;
import io.wadi.kafka.RecordDelivery;
import io.wadi.runtime.health.FatalErrors;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.EndpointAware;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.NamedNode;
import org.apache.camel.Navigate;
import org.apache.camel.Route;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.processor.PollEnricher;
import org.apache.camel.processor.SendDynamicProcessor;
import org.apache.camel.spi.InterceptSendToEndpoint;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.RoutePolicySupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A factory of route policies that report the completion of each record's exchange to its consumer, regardless of the
 * route's error settings. The policy also stores the fetched record in the exchange, for dead letters, prepares each
 * Kafka endpoint that a route consumes from ({@link ConsumingEndpoint}), and checks those that it sends to.
 */
public final class RecordCompletion implements RoutePolicyFactory {
    @Override
    public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
        return new Policy();
    }

    private static final class Policy extends RoutePolicySupport {
        @Override
        public void onInit(Route route) {
            if (Intercepted.original(route.getEndpoint()) instanceof KafkaEndpoint endpoint) {
                new ConsumingEndpoint(route.getRouteId(), endpoint).prepare();
            }
            checkTargets(route, route.getProcessor());
            route.getOnExceptions().forEach(each -> checkTargets(route, each));
            route.getOnCompletions().forEach(each -> checkTargets(route, each));
        }

        private static void checkTargets(Route route, Object step) {
            if (step instanceof EndpointAware send && !(step instanceof PollEnricher)) {
                checkTarget(route, send.getEndpoint());
            }
            if (step instanceof SendDynamicProcessor dynamic) {
                ConsumingEndpoint.rejectOnDynamicProducer(route.getRouteId(), dynamic.getUri());
            }
            if (step instanceof Navigate<?> steps && steps.hasNext()) {
                steps.next().forEach(each -> checkTargets(route, each));
            }
        }

        private static void checkTarget(Route route, Endpoint target) {
            if (target instanceof InterceptSendToEndpoint intercepted) {
                checkTargets(route, intercepted.getBefore());
                checkTargets(route, intercepted.getAfter());
            }
            if (Intercepted.original(target) instanceof KafkaEndpoint kafka) {
                ConsumingEndpoint.rejectOnProducer(route.getRouteId(), kafka);
            }
        }

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            RecordDelivery delivery = RecordDelivery.onThisThread();
            if (delivery == null || !isKafka(route) || exchange.getProperty(ConsumedRecord.PROPERTY) != null) {
                return;
            }
            ConsumerRecord<Object, Object> delivered = delivery.begin();
            if (delivered != null) {
                exchange.setProperty(ConsumedRecord.PROPERTY, delivered);
                exchange.getExchangeExtension().addOnCompletion(new Report(delivery, delivered));
            }
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            // Camel does not call this method while it stops, so the synchronization reports the completion.
            FatalErrors.endOn(exchange.getException());
            FatalErrors.endOn(exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Throwable.class));
        }

        private static boolean isKafka(Route route) {
            return Intercepted.original(route.getEndpoint()) instanceof KafkaEndpoint;
        }
    }

    private record Report(RecordDelivery delivery, ConsumerRecord<Object, Object> delivered)
            implements Synchronization {
        @Override
        public void onComplete(Exchange exchange) {
            delivery.completed(delivered, isRolledBack(exchange) ? rolledBack() : null);
        }

        @Override
        public void onFailure(Exchange exchange) {
            Exception cause = exchange.getException();
            delivery.completed(delivered, cause != null ? cause : rolledBack());
        }

        /**
         * Returns whether the exchange is marked for rollback: Camel completes such an exchange without an exception.
         */
        private static boolean isRolledBack(Exchange exchange) {
            return exchange.isRollbackOnly() || exchange.isRollbackOnlyLast();
        }

        private static Exception rolledBack() {
            return new IllegalStateException("The exchange was rolled back");
        }
    }
}
