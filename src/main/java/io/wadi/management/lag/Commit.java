package io.wadi.management.lag;

/**
 * A commit of a group for one partition.
 *
 * @param offset everything before it is done
 * @param timeMs when it was committed, in milliseconds since 1970
 * @param lag how many records were behind it then; {@link #UNKNOWN} where nobody looked
 */
public record Commit(long offset, long timeMs, long lag) {
    /** The lag at a time when nobody looked. */
    public static final long UNKNOWN = -1;

    boolean hasLag() {
        return lag != UNKNOWN;
    }
}
