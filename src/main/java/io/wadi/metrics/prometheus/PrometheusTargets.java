package io.wadi.metrics.prometheus;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** The route step {@code prometheus-targets}: sets the body to the configured {@code List<PrometheusTarget>}. */
public final class PrometheusTargets implements Processor {
    private final List<PrometheusTarget> targets;

    public PrometheusTargets(List<PrometheusTarget> targets) {
        this.targets = List.copyOf(targets);
    }

    @Override
    public void process(Exchange exchange) {
        exchange.getMessage().setBody(targets);
    }
}
