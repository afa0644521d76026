package io.wadi.ingest;

import io.wadi.ingest.browser.PixelEvent;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Answers with the picture once the request's one event stands; fails with what is wrong with it, or kept Kafka from it. */
public final class AnswerPixel implements Processor {
    private static final int OK = 200;

    @Override
    public void process(Exchange exchange) throws Exception {
        Receipts receipts = Receipts.of(exchange);
        receipts.standing();
        HttpAnswers.set(exchange, receipts.problem(0) == null ? OK : HttpAnswers.AS_DEAD_LETTER, PixelEvent.gif());
    }
}
