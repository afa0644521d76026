package io.wadi.ingest.receipts;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.ClientShare;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.IngestRequest;

/** The pool of requests for receipts without a response, with a share for each client. Thread-safe. */
final class WaitingRequests {
    private final InFlight pool;
    private final Counter rejections;

    /**
     * Creates an empty pool.
     *
     * @param max maximum number of requests, up to 500,000
     * @param hasReserve whether a quarter is reserved for clients with a key
     */
    WaitingRequests(int max, boolean hasReserve, MeterRegistry meters) {
        this.pool = new InFlight(max, 1, 1, hasReserve);
        this.rejections = Counter.builder("wadi.ingest.rejections")
                .description("Rejected requests by reason")
                .tag("reason", "waiting")
                .register(meters);
    }

    /**
     * Adds a request.
     *
     * @return the client's share, to be left with the response
     * @throws RequestException 503 if the client's share is exhausted or the pool is full
     */
    ClientShare enter(IngestRequest request) {
        ClientShare share = request.enter(pool);
        if (share == null) {
            rejections.increment();
            throw new RequestException(
                    HttpResponses.UNAVAILABLE, "too many requests wait for receipts (wadi.receipts.max-waiting)");
        }
        return share;
    }
}
