package io.wadi.metrics;

import java.util.Objects;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * The route step {@code metric-document}: reads the body as a Metricbeat document and puts what was found beside it, as
 * exchange properties, for the route to decide on:
 *
 * <table>
 *   <caption>Exchange properties</caption>
 *   <tr><td>{@code metricset}</td><td>{@code metricset.name}, such as {@code cpu}</td></tr>
 *   <tr><td>{@code dataset}</td><td>{@code event.dataset}, such as {@code system.cpu}; absent where the document has
 *       none</td></tr>
 *   <tr><td>{@code host}</td><td>{@code host.name}</td></tr>
 *   <tr><td>{@code cpuPct}</td><td>{@link MetricDocument#cpuPct}, a Double from 0 to 1; absent where unknown</td></tr>
 *   <tr><td>{@code memoryPct}</td><td>{@link MetricDocument#memoryPct}, likewise</td></tr>
 *   <tr><td>{@code metric}</td><td>the {@link MetricDocument}</td></tr>
 * </table>
 *
 * The body is left as it is, byte for byte. A document that is invalid, or in which the agent only reports that it could
 * not measure ({@code error.message}), is refused with {@link MetricDocumentException} before any property is set.
 */
public final class MetricDocumentReader implements Processor {
    static final String METRICSET = "metricset";
    static final String DATASET = "dataset";
    static final String HOST = "host";
    static final String CPU_PCT = "cpuPct";
    static final String MEMORY_PCT = "memoryPct";
    static final String METRIC = "metric";

    @Override
    public void process(Exchange exchange) {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        if (body == null) {
            throw new MetricDocumentException("found no value, allowed a JSON object");
        }
        MetricDocument metric = MetricDocument.read(body);
        if (metric.errorMessage() != null) {
            throw new MetricDocumentException("the agent on " + MetricDocumentException.quote(metric.hostName())
                    + " could not fetch: " + MetricDocumentException.quote(metric.errorMessage()));
        }
        exchange.setProperty(METRICSET, metric.metricset());
        exchange.setProperty(DATASET, metric.dataset());
        exchange.setProperty(HOST, metric.hostName());
        exchange.setProperty(CPU_PCT, metric.cpuPct());
        exchange.setProperty(MEMORY_PCT, metric.memoryPct());
        exchange.setProperty(METRIC, metric);
    }

    /** The document that this step read on its way through the route. */
    static MetricDocument metric(Exchange exchange) {
        return Objects.requireNonNull(
                exchange.getProperty(METRIC, MetricDocument.class),
                "no metric document was read: put the step metric-document before this one");
    }
}
