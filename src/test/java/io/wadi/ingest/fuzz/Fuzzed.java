package io.wadi.ingest.fuzz;

import java.util.List;

/**
 * A request to be sent.
 *
 * @param bytes all of it, as it goes over the wire
 * @param topic the topic of receipts that do not name theirs
 * @param sent values that may be in Kafka, see {@link Match}
 * @param match how the stored values are compared with those sent
 * @param expect what becomes of the request
 * @param bodiless whether its answer has no body, as that of HEAD
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a record
record Fuzzed(byte[] bytes, String topic, List<byte[]> sent, Match match, Expect expect, boolean bodiless) {
    /** How a record's value is compared with what was sent. */
    enum Match {
        /** The receipt of an index is that of the value sent at this index. */
        EACH,
        /** A value is a piece of the body that was sent. */
        PART,
        /** A value may be anything: the sent bytes are corrupted, and decompress to unknown ones. */
        ANY,
        /** A value is made by Wadi, and has what was sent within. */
        WITHIN,
        /** As WITHIN, and the answer has no receipt: a 2xx is for one record. */
        PIXEL
    }

    /** The required outcome of a request. */
    enum Expect {
        /** Everything in it is taken: 200. */
        TAKEN,
        /** It is a request as HTTP has it, so it is answered. */
        ANSWER,
        /** It is no request, or may be none: it is answered or its connection closed. */
        ANSWER_OR_CLOSE,
        /** It is truncated: the client closes the connection. */
        CUT
    }
}
