package io.wadi.ingest.json;

import io.wadi.ingest.event.RequestException;

/**
 * The limits of a body.
 *
 * @param maxBody maximum bytes of the body, before and after decompression
 * @param maxRatio maximum ratio of decompressed to received bytes, beyond the first MiB
 * @param maxEvent maximum bytes of one event
 * @param maxEvents maximum number of events
 */
public record BodyLimits(long maxBody, int maxRatio, int maxEvent, long maxEvents) {
    /** The decoded bytes up to which the ratio is not limited: small bodies of whitespace are harmless. */
    private static final long WITHOUT_RATIO = 1 << 20;

    /** Rejects a body with too many decoded bytes, in total or in relation to the received bytes. */
    void checkSize(long received, long decoded) {
        if (decoded > maxBody) {
            throw RequestException.tooLarge("the body is longer than %d bytes%s"
                    .formatted(maxBody, decoded == received ? "" : ", decompressed"));
        }
        if (decoded > WITHOUT_RATIO && decoded / maxRatio > received) {
            throw RequestException.tooLarge(
                    "the body decompresses to more than %d times its received size".formatted(maxRatio));
        }
    }

    void checkCount(long events) {
        if (events > maxEvents) {
            throw RequestException.tooLarge("the body contains more than %d events".formatted(maxEvents));
        }
    }
}
