package io.wadi.ingest.admission;

/**
 * The memory that clients of the events port can make the process hold: three pools, each with an upper bound that is a share of
 * the heap, however large the settings are. Together they take at most {@value #LARGEST_PERCENT} percent of it; the rest is for
 * everything else, such as what consumers fetch.
 *
 * @param heap the largest heap, in bytes
 * @param inFlight bytes that requests, and connections beyond {@code perConnection}, may hold in heap and native memory
 * @param producer bytes of the producer's buffer for records without an acknowledgement
 * @param connections how many connections there may be at a time
 * @param perConnection bytes planned for each of them, whatever it does
 */
public record MemoryPlan(long heap, long inFlight, long producer, int connections, long perConnection) {
    /** What the pools take of the heap at most: a sixth, a quarter and an eighth. */
    static final int LARGEST_PERCENT = 55;

    private static final int IN_FLIGHT_SHARE = 6;
    private static final int PRODUCER_SHARE = 4;
    private static final int CONNECTIONS_SHARE = 8;

    /** What batches that are not full take in the producer's buffer beyond their events. */
    private static final long BATCHES = 32L << 20;
    /** What decoding a body takes besides its events. */
    private static final long DECODER = 512 << 10;
    /** A connection's objects, and what its {@link ConnectionLease} does not charge yet. */
    private static final long CONNECTION = 12 << 10;
    /** Those of TLS besides: an engine of the JDK with a record in each direction. */
    private static final long TLS = 36 << 10;

    private static final long MIB = 1 << 20;

    /**
     * Plans for a heap.
     *
     * @param inFlight bytes in flight as they are set
     * @param maxEvent the largest event, as it is set
     * @param connections connections as they are set
     * @throws IllegalArgumentException if the largest event does not fit into what requests may hold
     */
    public static MemoryPlan of(long heap, long inFlight, long maxEvent, int connections, boolean isTls) {
        long requests = Math.min(inFlight, heap / IN_FLIGHT_SHARE);
        if (maxEvent > requests) {
            throw new IllegalArgumentException(
                    ("wadi.intake.max-event is %d bytes, and all requests together may hold %d: expected at most as many;"
                                    + " wadi.intake.in-flight-bytes is %d, and of the heap of %d MiB (-Xmx) a sixth")
                            .formatted(maxEvent, requests, inFlight, heap / MIB));
        }
        long perConnection = CONNECTION + (isTls ? TLS : 0);
        return new MemoryPlan(
                heap,
                requests,
                Math.min(requests + BATCHES, heap / PRODUCER_SHARE),
                (int) Math.max(1, Math.min(connections, heap / CONNECTIONS_SHARE / perConnection)),
                perConnection);
    }

    /** What one client may hold of the requests' bytes while there is room, however little is free: one event and its decoder. */
    public long leastShare(long maxEvent) {
        return maxEvent + DECODER;
    }

    /** The bytes of all pools. */
    public long total() {
        return inFlight + producer + connections * perConnection;
    }

    @Override
    public String toString() {
        return "of a heap of %d MiB: %d MiB for requests, %d MiB for the producer, %d MiB for %,d connections"
                .formatted(heap / MIB, inFlight / MIB, producer / MIB, connections * perConnection / MIB, connections);
    }
}
