package io.wadi.indexing;

import io.wadi.kafka.DeadLetters;
import io.wadi.kafka.Run;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Cuts a partition's run into {@code _bulk} requests. What cannot be a document goes to the dead letters here. */
public final class BulkRequests {
    private final String index;
    private final long mostDocuments;
    private final long mostBytes;
    private final DeadLetters deadLetters;

    /** Takes the index and the limits of one request; a single document may be larger than {@code mostBytes}. */
    public BulkRequests(String index, long mostDocuments, long mostBytes, DeadLetters deadLetters) {
        this.index = index;
        this.mostDocuments = mostDocuments;
        this.mostBytes = mostBytes;
        this.deadLetters = deadLetters;
    }

    /** The requests for a run, in the order of its offsets; none where no record can be a document. */
    public List<Object> cut(@Body Run run, Exchange exchange) {
        List<Object> bulks = new ArrayList<>();
        Bulk bulk = new Bulk(index);
        for (ConsumerRecord<byte[], ByteBuffer> consumed : run.records()) {
            ByteBuffer document = document(consumed, exchange.getFromRouteId());
            if (document == null) {
                continue;
            }
            if (isFull(bulk, document)) {
                bulks.add(bulk);
                bulk = new Bulk(index);
            }
            bulk.add(consumed, document);
        }
        if (bulk.size() > 0) {
            bulks.add(bulk);
        }
        return bulks;
    }

    private boolean isFull(Bulk bulk, ByteBuffer next) {
        return bulk.size() > 0 && (bulk.size() >= mostDocuments || bulk.bytes() + next.remaining() > mostBytes);
    }

    private ByteBuffer document(ConsumerRecord<byte[], ByteBuffer> consumed, String routeId) {
        try {
            return JsonObjects.inOneLine(consumed.value());
        } catch (IllegalArgumentException e) {
            deadLetters.send(consumed, routeId, e);
            return null;
        }
    }
}
