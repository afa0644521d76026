package io.wadi.extension.connectors.sink;

import io.wadi.extension.connectors.convert.SinkConversion;
import io.wadi.kafka.RecordBatch;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** A producer that passes each record batch to the sink of its partition. */
public final class SinkProducer extends DefaultProducer {
    private final Opener opener;
    private final Runnable onStop;
    private final SinkConversion conversion;

    /** Opens the sink of a partition by its first batch. */
    public interface Opener {
        ConnectorSink open(RecordBatch first, String routeId);
    }

    /**
     * Creates a producer.
     *
     * @param onStop releases the resources that sinks share; called at each stop
     * @param conversion the conversion of records; closed at the shutdown
     */
    public SinkProducer(Endpoint endpoint, Opener opener, Runnable onStop, SinkConversion conversion) {
        super(endpoint);
        this.opener = opener;
        this.onStop = onStop;
        this.conversion = conversion;
    }

    @Override
    public void process(Exchange exchange) {
        RecordBatch batch = RecordBatch.in(exchange, "a sink:");
        String routeId = exchange.getFromRouteId();
        batch.sink(ConnectorSink.class, first -> opener.open(first, routeId)).append(batch);
    }

    @Override
    protected void doStop() throws Exception {
        onStop.run();
        super.doStop();
    }

    @Override
    protected void doShutdown() throws Exception {
        conversion.transformations().close();
        super.doShutdown();
    }
}
