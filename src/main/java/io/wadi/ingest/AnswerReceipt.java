package io.wadi.ingest;

import io.wadi.ingest.event.Problem;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.send.Receipts;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Answers with the partition and offset of the request's one event: those of its dead letter and the problem, if its
 * topic keeps invalid events so. Otherwise fails with the problem, or with Kafka's failure.
 */
public final class AnswerReceipt implements Processor {
    private static final int OK = 200;

    @Override
    public void process(Exchange exchange) throws Exception {
        Receipts receipts = Receipts.of(exchange);
        RecordMetadata where = receipts.standing();
        Problem problem = receipts.problem(0);
        Map<String, Object> receipt = new LinkedHashMap<>();
        receipt.put("topic", where.topic());
        receipt.put("partition", where.partition());
        receipt.put("offset", where.offset());
        if (problem != null) {
            receipt.put("invalid", problem.text());
            if (!problem.pointer().isEmpty()) {
                receipt.put("pointer", problem.pointer());
            }
        }
        HttpResponses.set(exchange, problem == null ? OK : HttpResponses.AS_DEAD_LETTER, HttpResponses.json(receipt));
    }
}
