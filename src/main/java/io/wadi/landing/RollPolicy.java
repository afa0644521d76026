package io.wadi.landing;

import java.time.Duration;

/**
 * When a file is full.
 *
 * @param records at this many records
 * @param bytes at this size
 * @param age this long after its first record was written
 */
record RollPolicy(long records, long bytes, Duration age) {
    boolean isFull(long fileRecords, long fileBytes) {
        return fileRecords >= records || fileBytes >= bytes;
    }

    boolean isOld(long openForNanos) {
        return openForNanos >= age.toNanos();
    }
}
