package io.wadi.ingest.receipts;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.ClientShare;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.IngestRequest;

/** The requests for receipts without a response, of which each client may have a share. Thread-safe. */
final class WaitingRequests {
    private final InFlight pool;
    private final Counter rejections;

    /**
     * Creates an empty pool.
     *
     * @param max up to 500,000
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
     * @return its client's share, to be left with the response
     * @throws RequestException 503 if the client has its share already, or there is no room
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
