package io.wadi.ingest;

import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.request.RequestHeaders;
import io.wadi.ingest.send.ReceiptLog;
import io.wadi.ingest.send.SendEvents;
import java.util.Arrays;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers with a receipt or a reason for each event of {@link ReadEvents}, in order; with ranges of offsets instead if
 * the request says {@code Prefer: return=minimal} (RFC 7240). The status is 200 if all are acknowledged, 202 if some of
 * them as dead letters, 400 if one or more were rejected, 503 if Kafka has not acknowledged one or more, and that of
 * the reason if the body was not read to its end. The response names every acknowledged event in each case.
 */
public final class AnswerReceipts implements Processor {
    private static final int OK = 200;
    private static final int INVALID = 400;
    private static final int UNAVAILABLE = 503;
    private static final String MINIMAL = "return=minimal";

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof ReceiptLog log)) {
            throw new IllegalStateException("Route " + exchange.getFromRouteId() + " has not sent any events here");
        }
        BodyException cut = exchange.getProperty(SendEvents.CUT, BodyException.class);
        if (cut != null && log.events() == 0) {
            throw cut;
        }
        boolean minimal = isMinimal(IngestRequest.of(exchange));
        String error = cut == null ? null : cut.getMessage();
        int status = status(log, cut);
        HttpResponses.set(exchange, status, minimal ? log.minimal(error) : log.complete(error));
        if (minimal) {
            exchange.getMessage().setHeader(HttpResponses.PREFERENCE_APPLIED, MINIMAL);
        }
        if (status == UNAVAILABLE) {
            HttpResponses.setRetryAfter(exchange);
        }
    }

    private static int status(ReceiptLog log, BodyException cut) {
        if (log.unavailable()) {
            return UNAVAILABLE;
        }
        if (cut != null) {
            return cut.status();
        }
        if (log.failed() > 0) {
            return INVALID;
        }
        return log.invalid() > 0 ? HttpResponses.AS_DEAD_LETTER : OK;
    }

    private static boolean isMinimal(IngestRequest request) {
        String prefer = request.list(RequestHeaders.PREFER);
        return prefer != null
                && Arrays.stream(prefer.toLowerCase(Locale.ROOT).split("[,;]"))
                        .anyMatch(preference ->
                                preference.replace(" ", "").replace("\"", "").equals(MINIMAL));
    }
}
