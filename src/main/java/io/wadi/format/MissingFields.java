package io.wadi.format;

/**
 * The number of fields that one value lacks for its schema, with a limit. Each item of an array, if only
 * <code>{}</code>, can lack hundreds of them, so that without the limit a value of 1 MiB would exceed the heap.
 */
public final class MissingFields {
    /** The error of a value beyond the limit. */
    public static final String TOO_MANY = "found more than 1,000,000 missing fields in total, expected no more";

    private static final int MAX = 1_000_000;

    private int count;

    /** Adds missing fields, and returns whether the value lacks too many. */
    public boolean exceedLimitWith(int more) {
        count += more;
        return count > MAX;
    }
}
