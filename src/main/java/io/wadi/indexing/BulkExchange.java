package io.wadi.indexing;

import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import io.wadi.kafka.DeadLetters;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Puts a {@link Bulk} before Elasticsearch and judges the answer item by item, because camel-elasticsearch does not: created
 * is done; 409 means that the document is there already, so done; 429 and 5xx fail the exchange, and the run is handed over
 * again; any other refusal is the record's own and goes to the dead letters.
 */
public final class BulkExchange {
    private static final String BULK = "wadiBulk";
    private static final int CONFLICT = 409;
    private static final int TOO_MANY_REQUESTS = 429;

    private final DeadLetters deadLetters;

    /** Takes where refused records go. */
    public BulkExchange(DeadLetters deadLetters) {
        this.deadLetters = deadLetters;
    }

    /** Replaces the bulk in the body with the request that camel-elasticsearch takes. */
    public Processor request() {
        return exchange -> {
            Bulk bulk = (Bulk) exchange.getMessage().getBody();
            exchange.setProperty(BULK, bulk);
            exchange.getMessage().setBody(bulk.request());
        };
    }

    /** Reads the list of items that camel-elasticsearch answers with. */
    public Processor answer() {
        return exchange -> judge(
                (Bulk) exchange.getProperty(BULK), items(exchange.getMessage().getBody(List.class)), exchange);
    }

    @SuppressWarnings("unchecked")
    private static List<BulkResponseItem> items(List<?> body) {
        return (List<BulkResponseItem>) body;
    }

    private void judge(Bulk bulk, List<BulkResponseItem> items, Exchange exchange) {
        if (items.size() != bulk.size()) {
            throw new BulkException("%d documents were sent and %d answered".formatted(bulk.size(), items.size()));
        }
        for (BulkResponseItem item : items) {
            if (item.status() == TOO_MANY_REQUESTS || item.status() >= 500) {
                throw new BulkException(
                        "%s: Elasticsearch answered %d %s".formatted(item.id(), item.status(), reason(item)));
            }
        }
        for (int i = 0; i < items.size(); i++) {
            if (isRefused(items.get(i))) {
                refuse(bulk.records().get(i), items.get(i), exchange);
            }
        }
    }

    private static boolean isRefused(BulkResponseItem item) {
        return item.error() != null && item.status() != CONFLICT;
    }

    private void refuse(ConsumerRecord<byte[], ByteBuffer> refused, BulkResponseItem item, Exchange exchange) {
        BulkException cause = new BulkException(
                "index %s refused %s with %d %s".formatted(item.index(), item.id(), item.status(), reason(item)));
        deadLetters.send(refused, exchange.getFromRouteId(), cause);
    }

    private static String reason(BulkResponseItem item) {
        if (item.error() == null) {
            return "";
        }
        String causedBy = item.error().causedBy() == null
                ? ""
                : " (" + item.error().causedBy().reason() + ")";
        return item.error().type() + ": " + item.error().reason() + causedBy;
    }
}
