package io.wadi.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The route step {@code drop-metrics}: drops and counts the documents of a {@link MetricGroup} and logs them at DEBUG.
 */
public final class DropMetrics implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger("wadi.server-metrics");

    private final Counter dropped;

    public DropMetrics(MeterRegistry meters) {
        dropped = Counter.builder("wadi.metrics.dropped")
                .description("Documents dropped because no route handles their metricset")
                .register(meters);
    }

    @Override
    public void process(Exchange exchange) {
        MetricGroup group = exchange.getMessage().getBody(MetricGroup.class);
        dropped.increment(group.size());
        if (LOG.isDebugEnabled()) {
            LOG.debug("Dropped {} of {}: no route handles this metricset", group, group.hosts());
        }
    }
}
