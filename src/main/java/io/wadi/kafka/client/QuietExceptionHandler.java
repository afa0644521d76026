package io.wadi.kafka.client;

import io.wadi.kafka.Causes;
import io.wadi.kafka.consumer.FlowConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An exception handler that logs failed records at DEBUG, because the {@link FlowConsumer} reports them, and other
 * failures at WARN.
 */
record QuietExceptionHandler(String routeId) implements ExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(QuietExceptionHandler.class);

    @Override
    public void handleException(Throwable exception) {
        handleException("Failed", exception);
    }

    @Override
    public void handleException(String message, Throwable exception) {
        LOG.warn("Route {}: {}: {}", routeId, message, Causes.inShort(exception));
        LOG.debug("Route {}: {}", routeId, message, exception);
    }

    @Override
    public void handleException(String message, Exchange exchange, Throwable exception) {
        LOG.debug("Route {}: {}", routeId, message, exception);
    }
}
