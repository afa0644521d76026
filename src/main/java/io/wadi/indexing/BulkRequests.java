package io.wadi.indexing;

import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;

/**
 * Sends requests to an endpoint that takes what camel-elasticsearch takes and answers as it does. Thread-safe.
 *
 * @param producer of that endpoint, started by who made this
 */
record BulkRequests(AsyncProducer producer) implements BiConsumer<Bulk, Consumer<Answer>> {
    @Override
    public void accept(Bulk bulk, Consumer<Answer> taker) {
        Exchange exchange = producer.getEndpoint().createExchange(ExchangePattern.InOut);
        try {
            exchange.getMessage().setBody(bulk.request());
            producer.process(exchange, doneSync -> taker.accept(answer(bulk, exchange)));
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
