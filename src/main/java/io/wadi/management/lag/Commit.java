package io.wadi.management.lag;

/**
 * An offset commit of a group for one partition.
 *
 * @param offset the offset of the next record to read
 * @param timeMs the time of the commit in milliseconds since 1970
 * @param lag the lag at that time, or {@link #UNKNOWN}
 */
public record Commit(long offset, long timeMs, long lag) {
    public static final long UNKNOWN = -1;

    boolean hasLag() {
        return lag != UNKNOWN;
    }
}
