package io.wadi.landing;

import java.time.Duration;

/**
 * The conditions for publishing a file.
 *
 * @param records maximum number of records
 * @param bytes maximum size
 * @param age maximum time since its first record was written
 */
record RollPolicy(long records, long bytes, Duration age) {
    boolean isFull(long fileRecords, long fileBytes) {
        return fileRecords >= records || fileBytes >= bytes;
    }

    boolean isOld(long openForNanos) {
        return openForNanos >= age.toNanos();
    }
}
