package io.wadi.ingest;

import io.wadi.ingest.event.Problem;
import io.wadi.kafka.Causes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers with a receipt or a reason for each of the events that were sent, in their order. The status is 200 where all are
 * acknowledged, 400 where one or more are no events, 503 where Kafka has not taken one or more; what stands in Kafka is in
 * the answer in every case.
 */
public final class AnswerReceipts implements Processor {
    private static final int OK = 200;
    private static final int INVALID = 400;
    private static final int UNAVAILABLE = 503;

    @Override
    public void process(Exchange exchange) {
        Receipts receipts = Receipts.of(exchange);
        List<Object> entries = new ArrayList<>(receipts.size());
        int status = OK;
        int failed = 0;
        for (int i = 0; i < receipts.size(); i++) {
            Problem problem = receipts.event(i).problem();
            if (problem != null) {
                status = Math.max(status, INVALID);
                entries.add(Map.of("error", problem.toString()));
                failed++;
            } else if (receipts.failure(i) != null) {
                status = UNAVAILABLE;
                entries.add(Map.of("error", "not acknowledged: " + Causes.inShort(receipts.failure(i))));
                failed++;
            } else {
                entries.add(Receipt.Issued.of(receipts.acknowledged(i)));
            }
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        if (failed > 0) {
            answer.put("error", "%d of %d events were not taken".formatted(failed, receipts.size()));
        }
        answer.put("receipts", entries);
        HttpAnswers.set(exchange, status, HttpAnswers.json(answer));
        if (status == UNAVAILABLE) {
            HttpAnswers.setRetryAfter(exchange);
        }
    }
}
