package io.wadi.ingest;

import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.send.Receipts;
import io.wadi.ingest.send.SendEvents;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Responds with the partition and offset of the request's only event. For an invalid event of a topic that stores such
 * events as dead letters, the response has those of the dead letter, and the problem. In other cases an invalid or
 * unacknowledged event fails the exchange with its problem or Kafka's error. If the topic gives no receipts, the
 * response is 202 without partition and offset.
 */
public final class AnswerReceipt implements Processor {
    @Override
    public void process(Exchange exchange) throws Exception {
        Receipts receipts = Receipts.of(exchange);
        RecordMetadata record =
                receipts.singleReceipt(exchange.getProperty(SendEvents.ABORT_REASON, RequestException.class));
        Problem problem = receipts.problem(0);
        Map<String, Object> receipt = new LinkedHashMap<>();
        receipt.put("topic", record.topic());
        if (problem == null && !receipts.areDurable()) {
            receipt.put("receipts", "none");
            HttpResponses.set(exchange, HttpResponses.ACCEPTED, HttpResponses.json(receipt));
            return;
        }
        receipt.put("partition", record.partition());
        receipt.put("offset", record.offset());
        if (problem != null) {
            receipt.put("invalid", problem.text());
            if (!problem.pointer().isEmpty()) {
                receipt.put("pointer", problem.pointer());
            }
        }
        int status = problem == null ? HttpResponses.OK : HttpResponses.ACCEPTED;
        HttpResponses.set(exchange, status, HttpResponses.json(receipt));
    }
}
