package io.wadi.kafka.client;

import io.wadi.kafka.RouteWork;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Kafka endpoint that a route consumes from: refuses the options that Wadi's consumer cannot honor, and sets what it needs. */
record ConsumingEndpoint(String routeId, KafkaEndpoint endpoint) {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumingEndpoint.class);

    /**
     * Prepares the endpoint.
     *
     * @throws IllegalArgumentException where an option cannot be honored, with the route and the reason
     */
    void prepare() {
        refuseBatching();
        refuseInstanceId();
        refuseMistakes();
        ignoreBreakOnFirstError();
        reportFailuresOnce();
        nameRoute();
    }

    /** Camel would take the records of many partitions into one exchange, which ends none of them. */
    private void refuseBatching() {
        if (endpoint.getConfiguration().isBatching()) {
            throw new IllegalArgumentException("Route " + routeId
                    + ": batching=true cannot be used; kafkaClientFactory=#runs hands over many records at a time");
        }
    }

    /** All consumers of a route would have the same, and those of other processes with its files: they keep each other out. */
    private void refuseInstanceId() {
        String instance = endpoint.getConfiguration().getGroupInstanceId();
        if (instance != null) {
            throw new IllegalArgumentException(
                    ("Route %s: groupInstanceId: found %s, allowed: nothing. Every consumer of"
                                    + " every process would have it, and Kafka lets in one only; without it a member that"
                                    + " leaves is replaced within a second")
                            .formatted(routeId, instance));
        }
    }

    /** Where the consumer is made, on a thread of its own, Camel would only try again and again. */
    private void refuseMistakes() {
        if (endpoint.getKafkaClientFactory() instanceof FlowClientFactory clients) {
            try {
                clients.check(endpoint.getConfiguration().createConsumerProperties());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("Route " + routeId + ": " + e.getMessage(), e);
            }
        }
    }

    /** Camel would skip the other partitions' records and make a new consumer, which knows nothing of a pause. */
    private void ignoreBreakOnFirstError() {
        if (endpoint.getConfiguration().isBreakOnFirstError()) {
            LOG.warn(
                    "Route {}: breakOnFirstError=true is ignored: only the partition of a failed record waits",
                    routeId);
            endpoint.getConfiguration().setBreakOnFirstError(false);
        }
    }

    /**
     * The flow's consumer reports a failed record with its offset and its next attempt, and delivers it again: no need for Camel
     * to log it too, or to take a copy of it through the route once more.
     */
    private void reportFailuresOnce() {
        endpoint.setBridgeErrorHandler(false);
        endpoint.setExceptionHandler(new QuietExceptionHandler(routeId));
    }

    /** For the metrics of the partitions that the route reads. */
    private void nameRoute() {
        if (endpoint.getKafkaClientFactory() instanceof FlowClientFactory) {
            endpoint.getConfiguration().getAdditionalProperties().put(RouteWork.ROUTE, routeId);
        }
    }
}
