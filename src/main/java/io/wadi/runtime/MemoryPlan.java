package io.wadi.runtime;

import io.wadi.runtime.config.SettingsException;
import java.util.List;

/**
 * The limits of the memory that clients can make the process use: six pools of the event port, four pools of the
 * management port and two pools of receipts. Each pool is limited to a share of the heap, even if the settings allow
 * more. Requests that wait for receipts or for the verification of their token are charged to {@code inFlight}. All
 * pools together use at most {@value #LARGEST_PERCENT} percent of the heap. The rest is for everything else, such as
 * the records of a poll, which have a limit of their own.
 *
 * @param heap maximum heap size in bytes
 * @param inFlight bytes of heap and native memory for the bodies and results of requests, and for connections beyond
 *     {@code perConnection}
 * @param requests maximum number of requests in flight
 * @param producer bytes of the producer's buffer for unacknowledged records
 * @param connections maximum number of connections
 * @param perConnection bytes planned for each connection
 * @param clients maximum number of clients with tracked rates
 * @param tokens bytes of verified tokens
 */
public record MemoryPlan(
        long heap,
        long inFlight,
        int requests,
        long producer,
        int connections,
        long perConnection,
        int clients,
        long tokens) {
    /**
     * The maximum share of all pools. It is the sum of 1/6, 1/32, 1/4, 1/8, 1/64, 1/64 and 1/32 of the event port, 5/32
     * of {@link Management} and 3/64 of {@link Receipts}, rounded up.
     */
    static final int LARGEST_PERCENT = 84;

    private static final int IN_FLIGHT_SHARE = 6;
    private static final int REQUESTS_SHARE = 32;
    private static final int PRODUCER_SHARE = 4;
    private static final int CONNECTIONS_SHARE = 8;
    private static final int CLIENTS_SHARE = 64;
    private static final int TOKENS_SHARE = 64;
    private static final int DIRECT_SHARE = 32;
    private static final long LARGEST_TOKENS = 16L << 20;

    /**
     * The bytes of a request's objects without its body, such as its exchange and response; measured over HTTP/1.1:
     * 3.1 KB with four headers. Longer heads are charged to the connection.
     */
    private static final long REQUEST = 4 << 10;
    /** The bytes of the producer's buffer for the unused parts of batches. */
    private static final long BATCHES = 32L << 20;
    /** The bytes for decoding a body, in addition to its events. */
    private static final long DECODER = 512 << 10;
    /** The bytes of a connection's objects and buffers that are not charged to its lease. */
    private static final long CONNECTION = 12 << 10;
    /** The additional bytes of a TLS connection: an engine of the JDK with one record in each direction. */
    private static final long TLS = 36 << 10;
    /** The bytes of a client with tracked rates: a token bucket for its events and one for its new tokens. */
    private static final long CLIENT = 1 << 10;

    /** The heap for each event loop: the tree and the decoded strings of its current event are not charged. */
    private static final long EVENT_LOOP = 64L << 20;

    private static final long MIB = 1 << 20;

    /**
     * The limits of the memory that clients of the management port can make the process use.
     *
     * @param connections maximum number of connections; their memory is limited to 1/64 of the heap
     * @param held bytes of requests that have no response yet and of responses that their clients have not read: at
     *     most 1/16 of the heap
     * @param readings maximum number of concurrent requests that read topics or dead letters: together at most 1/16 of
     *     the heap
     * @param perReading bytes that each of these requests may use until its response is written
     * @param logins maximum number of sessions, of networks and of users with stored logins: together at most
     *     1/64 of the heap
     */
    public record Management(int connections, long held, int readings, int perReading, int logins) {
        private static final int SMALL_SHARE = 64;
        private static final int LARGE_SHARE = 16;
        private static final long LARGEST_HELD = 64L << 20;
        private static final int FEWEST_READINGS = 2;
        private static final int MOST_READINGS = 4;
        private static final long LARGEST_READING = 8L << 20;
        private static final int MOST_LOGINS = 10_000;
        /** The bytes of a session, three token buckets, a known network and a verified password; measured: 2.1 KB. */
        private static final long PER_LOGIN = 2304;

        /**
         * Returns the limits for a heap.
         *
         * @param connections the configured maximum number of connections
         */
        public static Management of(long heap, int connections) {
            long forReadings = heap / LARGE_SHARE;
            int readings = (int) Math.max(FEWEST_READINGS, Math.min(MOST_READINGS, forReadings / LARGEST_READING));
            return new Management(
                    (int) Math.max(2, Math.min(connections, heap / SMALL_SHARE / CONNECTION)),
                    Math.min(LARGEST_HELD, heap / LARGE_SHARE),
                    readings,
                    (int) Math.min(LARGEST_READING, forReadings / readings),
                    (int) Math.min(MOST_LOGINS, heap / SMALL_SHARE / PER_LOGIN));
        }

        /** Returns the bytes of all pools. */
        public long total() {
            return connections * CONNECTION + held + (long) readings * perReading + logins * PER_LOGIN;
        }

        @Override
        public String toString() {
            return "%d MiB for %,d connections, %d MiB for requests and responses, %d MiB for %d concurrent reads, %d MiB for %,d logins"
                    .formatted(
                            connections * CONNECTION / MIB,
                            connections,
                            held / MIB,
                            (long) readings * perReading / MIB,
                            readings,
                            logins * PER_LOGIN / MIB,
                            logins);
        }
    }

    /**
     * The limits of the memory for queries of receipt states.
     *
     * @param deadLetters bytes of the dead letters in memory: 1/32 of the heap
     * @param states bytes of cached states: at most 1/64 of the heap
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
     * Returns the limits for a heap.
     *
     * @param inFlight the configured maximum of bytes in flight
     * @param requests the configured maximum number of requests in flight
     * @param maxEvent the configured maximum size of an event
     * @param connections the configured maximum number of connections
     * @param clients the configured maximum number of clients with tracked rates
     * @throws SettingsException if an event of the maximum size and its decoder exceed the bytes in flight
     */
    public static MemoryPlan of(
            long heap, long inFlight, int requests, long maxEvent, int connections, boolean isTls, int clients) {
        long bytes = Math.min(inFlight, heap / IN_FLIGHT_SHARE);
        if (maxEvent + DECODER > bytes) {
            throw new SettingsException(List.of(
                    ("wadi.ingest.max-event is %d bytes, expected at most %d: %d bytes less than the limit of all requests"
                                    + " in flight, which is wadi.ingest.max-in-flight-bytes (%d), or a sixth of the heap"
                                    + " of %d MiB (-Xmx)")
                            .formatted(maxEvent, bytes - DECODER, DECODER, inFlight, heap / MIB)));
        }
        long perConnection = CONNECTION + (isTls ? TLS : 0);
        return new MemoryPlan(
                heap,
                bytes,
                (int) Math.min(requests, heap / REQUESTS_SHARE / REQUEST),
                Math.min(bytes + BATCHES, heap / PRODUCER_SHARE),
                (int) Math.max(1, Math.min(connections, heap / CONNECTIONS_SHARE / perConnection)),
                perConnection,
                (int) Math.min(clients, heap / CLIENTS_SHARE / CLIENT),
                Math.min(LARGEST_TOKENS, heap / TOKENS_SHARE));
    }

    /**
     * Returns the bytes that one client may use while the pool has free bytes, however few: one event and its decoder.
     */
    public long leastShare(long maxEvent) {
        return maxEvent + DECODER;
    }

    /**
     * Returns the maximum size of a body that is read into memory: as configured, but at most what one client may use. A
     * longer one would be rejected with 503 whenever it is sent again.
     */
    public long maxBody(long configured, long maxEvent) {
        return Math.min(configured, Math.max(leastShare(maxEvent), inFlight / 3 * 2));
    }

    /**
     * Returns the number of event loops of the event port: as configured, but at most one for each 64 MiB of the heap.
     *
     * @param configured the configured number; 0 for half of the processors
     */
    public static int eventLoops(long heap, int configured, int processors) {
        int wanted = configured == 0 ? processors / 2 : configured;
        return (int) Math.max(1, Math.min(wanted, heap / EVENT_LOOP));
    }

    /** Returns the maximum bytes of events that bypass the inbox of a deduplicated topic. */
    public static long direct(long heap) {
        return heap / DIRECT_SHARE;
    }

    /** Returns the bytes of all pools. */
    public long total() {
        return inFlight
                + requests * REQUEST
                + producer
                + connections * perConnection
                + clients * CLIENT
                + tokens
                + direct(heap);
    }

    @Override
    public String toString() {
        return "of a heap of %d MiB: %d MiB for bodies and results, %d MiB for %,d requests, %d MiB for the producer, %d MiB for %,d connections, %d MiB for rates of %,d clients, %d MiB for verified tokens, %d MiB for events that bypass an inbox"
                .formatted(
                        heap / MIB,
                        inFlight / MIB,
                        requests * REQUEST / MIB,
                        requests,
                        producer / MIB,
                        connections * perConnection / MIB,
                        connections,
                        clients * CLIENT / MIB,
                        clients,
                        tokens / MIB,
                        direct(heap) / MIB);
    }
}
