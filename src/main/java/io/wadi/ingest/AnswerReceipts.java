package io.wadi.ingest;

import io.wadi.ingest.event.RequestException;
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
 * Responds with a receipt or an error for each event of {@link ReadEvents}, in order; with ranges of offsets instead if
 * the request has {@code Prefer: return=minimal} (RFC 7240). The status is the first of these that applies:
 * <ul>
 *   <li>503 if Kafka did not acknowledge at least one event;
 *   <li>that of the {@link RequestException} if the body was not read to its end;
 *   <li>400 if at least one event was rejected, but 409 if all rejected events have the id of another event;
 *   <li>202 if some events are dead letters;
 *   <li>200.
 * </ul>
 * Every response lists all acknowledged events, except for topics without receipts: it then has their number, and the
 * status is 202 instead of 200.
 */
public final class AnswerReceipts implements Processor {
    private static final int CONFLICT = 409;
    private static final String MINIMAL = "return=minimal";

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof ReceiptLog log)) {
            throw new IllegalStateException(
                    "Route " + exchange.getFromRouteId() + " does not send events before this step");
        }
        RequestException failure = exchange.getProperty(SendEvents.ABORT_REASON, RequestException.class);
        if (failure != null && log.events() == 0) {
            throw failure;
        }
        boolean minimal = isMinimal(IngestRequest.of(exchange));
        String error = failure == null ? null : failure.getMessage();
        int status = status(log, failure);
        HttpResponses.set(exchange, status, minimal || !log.areDurable() ? log.minimal(error) : log.complete(error));
        if (minimal) {
            exchange.getMessage().setHeader(HttpResponses.PREFERENCE_APPLIED, MINIMAL);
        }
        if (status == HttpResponses.UNAVAILABLE) {
            HttpResponses.setRetryAfter(exchange);
        }
    }

    private static int status(ReceiptLog log, RequestException failure) {
        if (log.unavailable()) {
            return HttpResponses.UNAVAILABLE;
        }
        if (failure != null) {
            return failure.status();
        }
        if (log.failed() > 0) {
            return log.conflicts() == log.failed() ? CONFLICT : 400;
        }
        return log.invalid() == 0 && log.areDurable() ? HttpResponses.OK : HttpResponses.ACCEPTED;
    }

    private static boolean isMinimal(IngestRequest request) {
        String prefer = request.list(RequestHeaders.PREFER);
        return prefer != null
                && Arrays.stream(prefer.toLowerCase(Locale.ROOT).split("[,;]"))
                        .anyMatch(preference ->
                                preference.replace(" ", "").replace("\"", "").equals(MINIMAL));
    }
}
