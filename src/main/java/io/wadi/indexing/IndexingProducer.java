package io.wadi.indexing;

import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import io.wadi.kafka.Run;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.service.ServiceHelper;

/** Hands each run to the indexer of its partition, and indexers' requests to the route that takes them. */
final class IndexingProducer extends DefaultProducer {
    private final AsyncProducer requests;
    private final BiFunction<String, BiConsumer<Bulk, Consumer<Answer>>, Indexing> indexing;

    /** Takes the way into the route of requests, and how to index for a route, given what sends a request. */
    IndexingProducer(
            IndexingEndpoint endpoint,
            AsyncProducer requests,
            BiFunction<String, BiConsumer<Bulk, Consumer<Answer>>, Indexing> indexing) {
        super(endpoint);
        this.requests = requests;
        this.indexing = indexing;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ServiceHelper.startService(requests);
    }

    @Override
    protected void doStop() throws Exception {
        ServiceHelper.stopService(requests);
        super.doStop();
    }

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof Run run)) {
            throw new IllegalArgumentException(
                    "indexing: takes the runs of a kafka: endpoint with kafkaClientFactory=#runs, not "
                            + exchange.getMessage().getBody());
        }
        String routeId = exchange.getFromRouteId();
        run.sink(PartitionIndexer.class, first -> PartitionIndexer.open(first, indexing.apply(routeId, this::send)))
                .append(run);
    }

    private void send(Bulk bulk, Consumer<Answer> taker) {
        Exchange exchange = requests.getEndpoint().createExchange(ExchangePattern.InOut);
        try {
            exchange.getMessage().setBody(bulk.request());
            requests.process(exchange, doneSync -> taker.accept(answer(bulk, exchange)));
        } catch (RuntimeException e) {
            taker.accept(Answer.failed(bulk, e));
        }
    }

    private static Answer answer(Bulk bulk, Exchange exchange) {
        if (exchange.getException() != null) {
            return Answer.failed(bulk, exchange.getException());
        }
        if (exchange.getMessage().getBody() instanceof List<?> items
                && items.stream().allMatch(BulkResponseItem.class::isInstance)) {
            return Answer.of(
                    bulk, items.stream().map(BulkResponseItem.class::cast).toList());
        }
        return Answer.failed(
                bulk,
                new IllegalStateException(
                        "the route answered " + exchange.getMessage().getBody()));
    }
}
