package io.wadi.extension.connectors.database;

import io.wadi.kafka.RecordBatch;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** Passes each record batch to the sink of its partition. */
final class DatabaseProducer extends DefaultProducer {
    private final Connections database;
    private final Function<String, TableSinkOptions> writing;

    /** Takes the connections, which are closed with this, and the options of sinks by route. */
    DatabaseProducer(DatabaseEndpoint endpoint, Connections database, Function<String, TableSinkOptions> writing) {
        super(endpoint);
        this.database = database;
        this.writing = writing;
    }

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof RecordBatch run)) {
            throw new IllegalArgumentException(
                    "database: takes the runs of a kafka: endpoint with kafkaClientFactory=#runs, not "
                            + exchange.getMessage().getBody());
        }
        String routeId = exchange.getFromRouteId();
        run.sink(TableSink.class, first -> TableSink.open(first, writing.apply(routeId)))
                .append(run);
    }

    @Override
    protected void doStop() throws Exception {
        database.close();
        super.doStop();
    }
}
