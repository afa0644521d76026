package io.wadi.kafka.client;

import io.wadi.kafka.RouteControl;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Kafka endpoint of a consuming route: rejects options that Wadi cannot honor, and sets those it needs. */
record ConsumingEndpoint(String routeId, KafkaEndpoint endpoint) {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumingEndpoint.class);

    /**
     * Checks and sets the endpoint's options.
     *
     * @throws IllegalArgumentException if an option cannot be honored, with the route and the reason
     */
    void prepare() {
        rejectBatching();
        rejectInstanceId();
        if (endpoint.getKafkaClientFactory() instanceof FlowClientFactory clients) {
            rejectInvalidProperties(clients);
            endpoint.getConfiguration().getAdditionalProperties().put(RouteControl.ROUTE, routeId);
        }
        ignoreBreakOnFirstError();
        reportFailuresOnce();
    }

    /** Camel would put the records of many partitions into one exchange and report the completion of none. */
    private void rejectBatching() {
        if (endpoint.getConfiguration().isBatching()) {
            throw new IllegalArgumentException(
                    "Route " + routeId
                            + ": batching=true is not supported; set kafkaClientFactory=#record-batches to receive batches of records");
        }
    }

    /** All consumers of the route, in all processes with its file, would share the id and fence each other. */
    private void rejectInstanceId() {
        String instance = endpoint.getConfiguration().getGroupInstanceId();
        if (instance != null) {
            throw new IllegalArgumentException(
                    ("Route %s: groupInstanceId=%s is not supported: all consumers of the route would share it, and"
                                    + " Kafka admits only one; remove it")
                            .formatted(routeId, instance));
        }
    }

    /** Camel creates the consumer on another thread, and would retry forever. */
    private void rejectInvalidProperties(FlowClientFactory clients) {
        try {
            clients.check(endpoint.getConfiguration().createConsumerProperties());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Route " + routeId + ": " + e.getMessage(), e);
        }
    }

    /** Camel would skip the other partitions' records and create a new consumer without the paused partitions. */
    private void ignoreBreakOnFirstError() {
        if (endpoint.getConfiguration().isBreakOnFirstError()) {
            LOG.warn(
                    "Route {}: ignoring breakOnFirstError=true: only the partition of a failed record backs off",
                    routeId);
            endpoint.getConfiguration().setBreakOnFirstError(false);
        }
    }

    /**
     * The flow's consumer logs a failed record and delivers it again, so Camel neither logs it nor sends a copy of it
     * through the route.
     */
    private void reportFailuresOnce() {
        endpoint.setBridgeErrorHandler(false);
        endpoint.setExceptionHandler(new QuietExceptionHandler(routeId));
    }
}
