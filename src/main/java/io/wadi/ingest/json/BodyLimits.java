package io.wadi.ingest.json;

import io.wadi.ingest.event.BodyException;

/**
 * What a body may be at most.
 *
 * @param maxBody bytes of the body, after decompression
 * @param maxRatio how many times the bytes received it may decompress to, beyond the first MiB
 * @param maxEvent bytes of one event
 * @param maxEvents events
 */
public record BodyLimits(long maxBody, int maxRatio, int maxEvent, long maxEvents) {
    /** So much may come out whatever the ratio: small bodies of blanks are harmless. */
    private static final long WITHOUT_RATIO = 1 << 20;

    /** Refuses a body of which so many bytes have come and become so many. */
    void refuseTooLarge(long received, long decoded) {
        if (decoded > maxBody) {
            throw BodyException.tooLarge("the body is longer than %d bytes%s"
                    .formatted(maxBody, decoded == received ? "" : ", decompressed"));
        }
        if (decoded > WITHOUT_RATIO && decoded / maxRatio > received) {
            throw BodyException.tooLarge(
                    "the body decompresses to more than %d times what was sent".formatted(maxRatio));
        }
    }

    /** Refuses a body with so many events. */
    void refuseTooMany(long events) {
        if (events > maxEvents) {
            throw BodyException.tooLarge("the body holds more than %d events".formatted(maxEvents));
        }
    }
}
