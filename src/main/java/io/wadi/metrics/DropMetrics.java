package io.wadi.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The route step {@code drop-metrics}: the documents of a {@link MetricGroup} go nowhere; how many is counted, which they are is said at DEBUG. */
public final class DropMetrics implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger("wadi.server-metrics");

    private final Counter dropped;

    /** Takes where they are counted. */
    public DropMetrics(MeterRegistry meters) {
        dropped = Counter.builder("wadi.metrics.dropped")
                .description("Documents whose metricset no route names")
                .register(meters);
    }

    @Override
    public void process(Exchange exchange) {
        MetricGroup group = exchange.getMessage().getBody(MetricGroup.class);
        dropped.increment(group.size());
        if (LOG.isDebugEnabled()) {
            LOG.debug("Dropped {} of {}: no route names this metricset", group, group.hosts());
        }
    }
}
