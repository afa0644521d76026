package io.wadi.extension.connectors.database;

import io.wadi.kafka.RecordBatch;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;

/** Passes each record batch to the sink of its partition. */
final class DatabaseProducer extends DefaultProducer {
    private final Connections database;
    private final RowMapper rows;
    private final Function<String, TableSinkOptions> options;

    /** Takes connections and mapper, which are closed with this, and the options of sinks by route. */
    DatabaseProducer(
            DatabaseEndpoint endpoint,
            Connections database,
            RowMapper rows,
            Function<String, TableSinkOptions> options) {
        super(endpoint);
        this.database = database;
        this.rows = rows;
        this.options = options;
    }

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof RecordBatch batch)) {
            throw new IllegalArgumentException(
                    "database: takes the batches of a kafka: endpoint with kafkaClientFactory=#runs, found "
                            + exchange.getMessage().getBody());
        }
        String routeId = exchange.getFromRouteId();
        batch.sink(TableSink.class, first -> TableSink.open(first, options.apply(routeId)))
                .append(batch);
    }

    @Override
    protected void doStop() throws Exception {
        database.close();
        super.doStop();
    }

    @Override
    protected void doShutdown() throws Exception {
        rows.close();
        super.doShutdown();
    }
}
