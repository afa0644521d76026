package io.wadi.indexing.bulk;

import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;

/**
 * Sends requests to an endpoint with the interface of camel-elasticsearch. Thread-safe.
 *
 * @param producer the producer of that endpoint, started by the caller
 */
public record BulkClient(AsyncProducer producer) implements BiConsumer<DocumentBatch, Consumer<BulkResult>> {
    @Override
    public void accept(DocumentBatch bulk, Consumer<BulkResult> handler) {
        Exchange exchange = producer.getEndpoint().createExchange(ExchangePattern.InOut);
        try {
            exchange.getMessage().setBody(bulk.request());
            producer.process(exchange, doneSync -> handler.accept(result(bulk, exchange)));
        } catch (RuntimeException e) {
            handler.accept(BulkResult.failed(bulk, e));
        }
    }

    private static BulkResult result(DocumentBatch bulk, Exchange exchange) {
        if (exchange.getException() != null) {
            return BulkResult.failed(bulk, exchange.getException());
        }
        if (exchange.getMessage().getBody() instanceof List<?> items
                && items.stream().allMatch(BulkResponseItem.class::isInstance)) {
            return BulkResult.of(
                    bulk, items.stream().map(BulkResponseItem.class::cast).toList());
        }
        return BulkResult.failed(
                bulk,
                new BulkResult.UnexpectedResponseException("unexpected response of the route: "
                        + exchange.getMessage().getBody()));
    }
}
