package io.wadi.ingest;

import io.wadi.ingest.browser.PixelEvent;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.send.Receipts;
import io.wadi.ingest.send.SendEvents;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Responds with the image once Kafka has acknowledged the request's only event; fails with the event's problem or
 * Kafka's error.
 */
public final class AnswerPixel implements Processor {
    @Override
    public void process(Exchange exchange) throws Exception {
        Receipts receipts = Receipts.of(exchange);
        receipts.singleReceipt(exchange.getProperty(SendEvents.ABORT_REASON, RequestException.class));
        int status = receipts.problem(0) == null && receipts.areDurable() ? HttpResponses.OK : HttpResponses.ACCEPTED;
        HttpResponses.set(exchange, status, PixelEvent.gif());
    }
}
