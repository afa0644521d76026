package io.wadi.ingest.json;

import io.wadi.ingest.event.RequestException;

/**
 * The limits of a body.
 *
 * @param maxBody bytes of the body, after decompression
 * @param maxRatio how many times the bytes received it may decompress to, beyond the first MiB
 * @param maxEvent bytes of one event
 * @param maxEvents events
 */
public record BodyLimits(long maxBody, int maxRatio, int maxEvent, long maxEvents) {
    /** Bytes that a body may decode to regardless of the ratio: small bodies of blanks are harmless. */
    private static final long WITHOUT_RATIO = 1 << 20;

    /** Rejects a body that has too many decoded bytes, in total or for the bytes received. */
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
            throw RequestException.tooLarge("the body holds more than %d events".formatted(maxEvents));
        }
    }
}
