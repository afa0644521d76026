package io.wadi.metrics;

import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.kafka.KafkaConstants;

/**
 * The route step {@code metric-alert}, after {@code metric-document}: the body becomes the document's alert
 * ({@link MetricDocument#alert}) and the record's key the host name in UTF-8. Whether there is an alert is the route's
 * decision.
 */
public final class MetricAlert implements Processor {
    @Override
    public void process(Exchange exchange) {
        MetricDocument metric = MetricDocumentReader.metric(exchange);
        exchange.getMessage().setBody(metric.alert());
        exchange.getMessage().setHeader(KafkaConstants.KEY, metric.hostName().getBytes(StandardCharsets.UTF_8));
    }
}
