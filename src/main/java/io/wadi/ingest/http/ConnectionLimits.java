package io.wadi.ingest.http;

import io.wadi.ingest.event.RequestException;
import java.time.Duration;

/**
 * Timeouts and the minimum rate of a connection.
 *
 * @param headersWithin timeout from the beginning of the connection to the end of its first request's headers
 * @param idle timeout from the response to one request to the end of the next one's headers
 * @param bodyBytesPerSecond minimum rate of a body over an interval; 0 for no minimum
 * @param interval duration over which body rates are measured and after which unread responses close the connection
 */
record ConnectionLimits(Duration headersWithin, Duration idle, long bodyBytesPerSecond, Duration interval) {
    /** While memory is scarce, a body must receive the bytes that it occupies within this many intervals. */
    private static final int MAX_INTERVALS = 3;

    /**
     * Returns the minimum number of bytes of a body in an interval.
     *
     * @param heldBytes the memory of its request in bytes
     * @param isCrowded whether memory is scarce: then the minimum grows with the memory of the request
     */
    long minBodyBytes(long heldBytes, boolean isCrowded) {
        long minBytes = bodyBytesPerSecond * interval.toMillis() / 1000;
        return bodyBytesPerSecond > 0 && isCrowded ? Math.max(minBytes, heldBytes / MAX_INTERVALS) : minBytes;
    }

    /** Returns the error for a body with fewer bytes than this in an interval. */
    RequestException tooSlow(long bytesPerInterval) {
        return RequestException.tooSlow("the body arrived too slowly: less than %d bytes a second over %d s"
                .formatted(bytesPerInterval * 1000 / interval.toMillis(), interval.toSeconds()));
    }
}
