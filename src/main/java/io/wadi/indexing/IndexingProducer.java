package io.wadi.indexing;

import io.wadi.indexing.bulk.BulkClient;
import io.wadi.kafka.RecordBatch;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.service.ServiceHelper;

/** Passes each batch to the indexer of its partition. */
final class IndexingProducer extends DefaultProducer {
    private final BulkClient requests;
    private final PreparedIndex index;
    private final Function<String, IndexingConfiguration> indexing;

    IndexingProducer(
            IndexingEndpoint endpoint,
            BulkClient requests,
            PreparedIndex index,
            Function<String, IndexingConfiguration> indexing) {
        super(endpoint);
        this.requests = requests;
        this.index = index;
        this.indexing = indexing;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        index.open();
        ServiceHelper.startService(requests.producer());
    }

    @Override
    protected void doStop() throws Exception {
        index.close();
        ServiceHelper.stopService(requests.producer());
        super.doStop();
    }

    @Override
    public void process(Exchange exchange) {
        RecordBatch batch = RecordBatch.in(exchange, "indexing:");
        String routeId = exchange.getFromRouteId();
        batch.sink(PartitionIndexer.class, first -> PartitionIndexer.open(first, indexing.apply(routeId)))
                .append(batch);
    }
}
