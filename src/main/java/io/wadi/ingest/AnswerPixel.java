package io.wadi.ingest;

import io.wadi.ingest.browser.PixelEvent;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.send.Receipts;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers with the image once the request's one event is acknowledged; fails with its problem or with Kafka's failure.
 */
public final class AnswerPixel implements Processor {
    private static final int OK = 200;

    @Override
    public void process(Exchange exchange) throws Exception {
        Receipts receipts = Receipts.of(exchange);
        receipts.standing();
        HttpResponses.set(exchange, receipts.problem(0) == null ? OK : HttpResponses.AS_DEAD_LETTER, PixelEvent.gif());
    }
}
