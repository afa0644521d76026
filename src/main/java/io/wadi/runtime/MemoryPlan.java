package io.wadi.runtime;

import io.wadi.ingest.limits.ConnectionLease;
import io.wadi.runtime.config.SettingsException;
import java.util.List;

/**
 * The memory that clients can make the process hold: three pools of the event endpoint, four of the management port and two of
 * receipts, each bounded by a share of the heap whatever the settings. Together they take at most {@value #LARGEST_PERCENT}
 * percent of the heap; the rest is for everything else, such as fetched records, of which {@link
 * io.wadi.kafka.records.PollLimit} limits a poll.
 *
 * @param heap maximum heap size in bytes
 * @param inFlight bytes of heap and native memory for requests, and for connections beyond {@code perConnection}
 * @param producer bytes of the producer's buffer for unacknowledged records
 * @param connections maximum number of connections
 * @param perConnection bytes planned for each connection
 */
public record MemoryPlan(long heap, long inFlight, long producer, int connections, long perConnection) {
    /**
     * The share of all pools: a sixth, a quarter and an eighth, {@link Management five thirty-seconds}, and {@link
     * Receipts three sixty-fourths}.
     */
    static final int LARGEST_PERCENT = 75;

    private static final int IN_FLIGHT_SHARE = 6;
    private static final int PRODUCER_SHARE = 4;
    private static final int CONNECTIONS_SHARE = 8;

    /** The memory of partly filled batches in the producer's buffer beyond their events. */
    private static final long BATCHES = 32L << 20;
    /** The memory of decoding a body besides its events. */
    private static final long DECODER = 512 << 10;
    /** A connection's objects, and what its {@link ConnectionLease} does not charge. */
    private static final long CONNECTION = 12 << 10;
    /** The addition for TLS: an engine of the JDK with a record in each direction. */
    private static final long TLS = 36 << 10;

    private static final long MIB = 1 << 20;

    /**
     * The memory that clients of the management port can make the process hold.
     *
     * @param connections maximum number of connections, for a sixty-fourth of the heap
     * @param held bytes of requests until they are answered, and of responses until their clients have read them: a sixteenth
     * @param readings maximum number of concurrent requests that read topics or dead letters: a sixteenth
     * @param perReading bytes that each of these may hold until its response is written
     * @param remembered maximum number of sessions, of networks and of users with remembered logins: a sixty-fourth
     */
    public record Management(int connections, long held, int readings, int perReading, int remembered) {
        private static final int SMALL_SHARE = 64;
        private static final int LARGE_SHARE = 16;
        private static final long LARGEST_HELD = 64L << 20;
        private static final int FEWEST_READINGS = 2;
        private static final int MOST_READINGS = 4;
        private static final long LARGEST_READING = 8L << 20;
        private static final int MOST_REMEMBERED = 10_000;
        /** A session, three token buckets, a known network and a verified password: measured as 2.1 KB. */
        private static final long PER_REMEMBERED = 2304;

        /**
         * Plans for a heap.
         *
         * @param connections as configured
         */
        public static Management of(long heap, int connections) {
            long forReadings = heap / LARGE_SHARE;
            int readings = (int) Math.max(FEWEST_READINGS, Math.min(MOST_READINGS, forReadings / LARGEST_READING));
            return new Management(
                    (int) Math.max(2, Math.min(connections, heap / SMALL_SHARE / CONNECTION)),
                    Math.min(LARGEST_HELD, heap / LARGE_SHARE),
                    readings,
                    (int) Math.min(LARGEST_READING, forReadings / readings),
                    (int) Math.min(MOST_REMEMBERED, heap / SMALL_SHARE / PER_REMEMBERED));
        }

        /** Returns the bytes of all pools. */
        public long total() {
            return connections * CONNECTION + held + (long) readings * perReading + remembered * PER_REMEMBERED;
        }

        @Override
        public String toString() {
            return "%d MiB for %,d connections, %d MiB for requests and answers, %d MiB for %d readings at a time, %d MiB for %,d logins"
                    .formatted(
                            connections * CONNECTION / MIB,
                            connections,
                            held / MIB,
                            (long) readings * perReading / MIB,
                            readings,
                            remembered * PER_REMEMBERED / MIB,
                            remembered);
        }
    }

    /**
     * The memory that is held to answer for receipts.
     *
     * @param deadLetters bytes of the dead letters that are held: a thirty-second of the heap
     * @param states bytes of cached states: a sixty-fourth
     */
    public record Receipts(long deadLetters, long states) {
        private static final int DEAD_LETTERS_SHARE = 32;
        private static final int STATES_SHARE = 64;
        private static final long LARGEST_STATES = 8L << 20;

        public static Receipts of(long heap) {
            return new Receipts(heap / DEAD_LETTERS_SHARE, Math.min(LARGEST_STATES, heap / STATES_SHARE));
        }

        /** Returns the bytes of both pools. */
        public long total() {
            return deadLetters + states;
        }

        @Override
        public String toString() {
            return "%d MiB for dead letters, %d MiB for states".formatted(deadLetters / MIB, states / MIB);
        }
    }

    /**
     * Plans for a heap.
     *
     * @param inFlight bytes in flight, as configured
     * @param maxEvent maximum size of an event, as configured
     * @param connections maximum number of connections, as configured
     * @throws SettingsException if the largest event exceeds the bytes in flight
     */
    public static MemoryPlan of(long heap, long inFlight, long maxEvent, int connections, boolean isTls) {
        long requests = Math.min(inFlight, heap / IN_FLIGHT_SHARE);
        if (maxEvent > requests) {
            throw new SettingsException(List.of(
                    ("wadi.ingest.max-event is %d bytes, and all requests together may hold %d: expected at most as many;"
                                    + " wadi.ingest.max-in-flight-bytes is %d, and of the heap of %d MiB (-Xmx) a sixth")
                            .formatted(maxEvent, requests, inFlight, heap / MIB)));
        }
        long perConnection = CONNECTION + (isTls ? TLS : 0);
        return new MemoryPlan(
                heap,
                requests,
                Math.min(requests + BATCHES, heap / PRODUCER_SHARE),
                (int) Math.max(1, Math.min(connections, heap / CONNECTIONS_SHARE / perConnection)),
                perConnection);
    }

    /** Returns the bytes that one client may hold while there is room, however little: one event and its decoder. */
    public long leastShare(long maxEvent) {
        return maxEvent + DECODER;
    }

    /** Returns the bytes of all pools. */
    public long total() {
        return inFlight + producer + connections * perConnection;
    }

    @Override
    public String toString() {
        return "of a heap of %d MiB: %d MiB for requests, %d MiB for the producer, %d MiB for %,d connections"
                .formatted(heap / MIB, inFlight / MIB, producer / MIB, connections * perConnection / MIB, connections);
    }
}
