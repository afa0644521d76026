package io.wadi.ingest.fuzz;

import java.util.List;

/**
 * A request to send.
 *
 * @param bytes the whole request, as sent over the connection
 * @param topic the topic of receipts that do not name one
 * @param sent values that may be in Kafka, see {@link Match}
 * @param match how the stored values are compared with those sent
 * @param expect the required outcome
 * @param bodiless whether its response has no body, as for HEAD
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a record
record Fuzzed(byte[] bytes, String topic, List<byte[]> sent, Match match, Expect expect, boolean bodiless) {
    /** How a record's value is compared with what was sent. */
    enum Match {
        /** The record of a receipt has the value sent at the receipt's index. */
        EACH,
        /** A value is a part of the body that was sent. */
        PART,
        /** A value may be anything: the sent bytes are corrupted, and may decompress to any content. */
        ANY,
        /** Wadi creates the value, which contains what was sent. */
        WITHIN,
        /** As WITHIN, but the response has no receipt: a 2xx stands for one record. */
        PIXEL
    }

    /** The required outcome of a request. */
    enum Expect {
        /** All of its events are accepted: 200. */
        TAKEN,
        /** It is valid HTTP, so it is answered. */
        ANSWER,
        /** It may be invalid HTTP: it is answered, or its connection is closed. */
        ANSWER_OR_CLOSE,
        /** It is truncated: the client closes the connection. */
        CUT
    }
}
