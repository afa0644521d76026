package io.wadi.ingest.receipts;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.ClientShare;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.request.ServerSentEvents;
import io.wadi.ingest.send.SenderIds;
import io.wadi.kafka.Causes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.kafka.common.KafkaException;

/**
 * Responds with the states of receipts, or with 503 if Kafka is unavailable. The response is the same for a topic that
 * is not declared, a topic that the client may not write to, and an offset that does not exist. No thread is blocked.
 */
final class AnswerForReceipts extends AsyncProcessorSupport {
    private static final int NOT_FOUND = 404;
    private static final String NO_RECEIPT = "no such receipt";
    /** The memory charged for a request without its receipts. */
    private static final long REQUEST_BYTES = 1 << 10;
    /** The memory charged for a receipt: its query, its state and its part of the response; measured: 1.9 KB. */
    static final long RECEIPT_BYTES = 2 << 10;

    private final ReceiptRequests requests;
    private final WaitingRequests waiting;
    private final ReceiptStates states;
    private final boolean isOne;

    private AnswerForReceipts(ReceiptRequests requests, WaitingRequests waiting, ReceiptStates states, boolean isOne) {
        this.requests = requests;
        this.waiting = waiting;
        this.states = states;
        this.isOne = isOne;
    }

    /** Returns the step for {@code GET /receipts/{topic}/{partition}/{offset}}. */
    static AnswerForReceipts one(ReceiptRequests requests, WaitingRequests waiting, ReceiptStates states) {
        return new AnswerForReceipts(requests, waiting, states, true);
    }

    /** Returns the step for {@code POST /receipts}. */
    static AnswerForReceipts several(ReceiptRequests requests, WaitingRequests waiting, ReceiptStates states) {
        return new AnswerForReceipts(requests, waiting, states, false);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            IngestRequest request = IngestRequest.of(exchange);
            Duration wait = requests.wait(request);
            List<Receipt> receipts = isOne
                    ? List.of(ReceiptRequests.inPath(request))
                    : requests.inBody(request, exchange.getMessage().getBody(byte[].class));
            request.charge(receipts.size() - 1L);
            if (!request.lease().grow(REQUEST_BYTES + receipts.size() * RECEIPT_BYTES)) {
                throw new RequestException(HttpResponses.UNAVAILABLE, "not enough memory for the request's receipts");
            }
            List<Receipt> authorized = receipts.stream()
                    .flatMap(each -> requests.authorized(request, each).stream())
                    .toList();
            ClientShare share = waiting.enter(request);
            AsyncCallback leave = sync -> {
                share.leave(0);
                callback.done(sync);
            };
            if (isOne && !authorized.isEmpty() && request.acceptsEvents()) {
                new Following(exchange, leave, share, authorized.get(0), wait).begin();
                return false;
            }
            CompletableFuture<Map<Receipt, ReceiptState>> answer = authorized.isEmpty()
                    ? CompletableFuture.completedFuture(Map.of())
                    : states.query(share, authorized, wait, 1);
            request.onDisconnect(() -> answer.cancel(false));
            answer.whenComplete((found, error) -> request.onLoop(() -> {
                respond(exchange, receipts, found, error);
                leave.done(false);
            }));
            return false;
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    /**
     * Sends the state of a receipt as server-sent events: now and after each change, until it is final or the wait has
     * ended. Used on the request's event loop.
     */
    private final class Following {
        private final Exchange exchange;
        private final AsyncCallback callback;
        private final ClientShare share;
        private final Receipt receipt;
        private final long deadline;
        private final IngestRequest request;
        private final ServerSentEvents events;
        private CompletableFuture<Map<Receipt, ReceiptState>> answer;
        private int pending = Integer.MAX_VALUE;
        private boolean isDisconnected;

        Following(Exchange exchange, AsyncCallback callback, ClientShare share, Receipt receipt, Duration wait) {
            this.exchange = exchange;
            this.callback = callback;
            this.share = share;
            this.receipt = receipt;
            this.deadline = System.nanoTime() + wait.toNanos();
            this.request = IngestRequest.of(exchange);
            this.events = request.events();
        }

        void begin() {
            query(Duration.ZERO);
            request.onDisconnect(() -> {
                isDisconnected = true;
                answer.cancel(false);
            });
        }

        private void query(Duration wait) {
            answer = states.query(share, List.of(receipt), wait, pending);
            answer.whenComplete((found, error) -> request.onLoop(() -> answered(found, error)));
        }

        private void answered(Map<Receipt, ReceiptState> found, Throwable error) {
            ReceiptState state = error == null ? found.get(receipt) : null;
            if (state == null) {
                end(found, error);
                return;
            }
            events.send(HttpResponses.json(fields(request, state)));
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            // An answer without a change before the end of the wait means that Wadi is stopping.
            boolean isChanged = state.pendingTargets() < pending;
            pending = state.pendingTargets();
            if (state.isFinal() || left.isNegative() || !isChanged || isDisconnected) {
                end(found, null);
            } else {
                query(left);
            }
        }

        /** Ends the response. An error after the first event is not reported; the client sends the request again. */
        private void end(Map<Receipt, ReceiptState> found, Throwable error) {
            if (pending == Integer.MAX_VALUE) {
                respond(exchange, List.of(receipt), found, error);
            } else {
                events.end();
            }
            callback.done(false);
        }
    }

    private void respond(Exchange exchange, List<Receipt> receipts, Map<Receipt, ReceiptState> found, Throwable error) {
        IngestRequest request = IngestRequest.of(exchange);
        if (error instanceof CancellationException) {
            exchange.getMessage().setBody(null); // The client has disconnected.
        } else if (error != null) {
            exchange.setException(reason(Causes.unwrap(error)));
        } else if (!isOne) {
            HttpResponses.set(
                    exchange,
                    HttpResponses.OK,
                    HttpResponses.json(receipts.stream()
                            .map(each -> fields(request, found.get(each)))
                            .toList()));
        } else if (found.isEmpty()) {
            exchange.setException(new RequestException(NOT_FOUND, NO_RECEIPT));
        } else {
            HttpResponses.set(
                    exchange, HttpResponses.OK, HttpResponses.json(fields(request, found.get(receipts.get(0)))));
        }
    }

    private static Map<String, Object> fields(IngestRequest request, ReceiptState found) {
        return Optional.ofNullable(found)
                .map(state -> state.seenBy(new SenderIds(request.caller())).fields())
                .orElse(Map.of("error", NO_RECEIPT));
    }

    private static Throwable reason(Throwable error) {
        return error instanceof KafkaException
                ? new RequestException(HttpResponses.UNAVAILABLE, "Kafka did not respond: " + Causes.inShort(error))
                : error;
    }
}
