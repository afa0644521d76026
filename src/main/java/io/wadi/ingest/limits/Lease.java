package io.wadi.ingest.limits;

/**
 * The memory that one request or connection may hold: every byte is charged before it is held and returned when it is not.
 * The bytes are those of heap and native memory alike.
 */
public interface Lease {
    /**
     * Charges more bytes.
     *
     * @return false if they are not available, or the lease has ended; then nothing was charged
     */
    boolean grow(long bytes);

    /** Returns the bytes charged at admission, for the first part of the body. */
    default long charged() {
        return 0;
    }

    /** Returns bytes that were charged and are no longer held; does nothing after the lease has ended. */
    void shrink(long bytes);
}
