package io.wadi.ingest.limits;

/**
 * The memory of one request or connection, on the heap and outside it. Bytes are charged before they are allocated and
 * returned when they are freed.
 */
public interface Lease {
    /**
     * Charges more bytes.
     *
     * @return false if the bytes are not available or the lease has ended; nothing is charged then
     */
    boolean grow(long bytes);

    /** Like {@link #grow}, for bytes that the request does not need: a failure does not count as its rejection. */
    default boolean tryGrow(long bytes) {
        return grow(bytes);
    }

    /** Returns the bytes charged at admission, for the first part of the body. */
    default long charged() {
        return 0;
    }

    /** Returns charged bytes that are no longer used; has no effect after the lease has ended. */
    void shrink(long bytes);
}
