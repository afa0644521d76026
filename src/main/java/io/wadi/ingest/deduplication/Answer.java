package io.wadi.ingest.deduplication;

/**
 * The answer for an event of an inbox: where the first event of its id is, or why the event was refused.
 *
 * @param id the digest of the event's id
 * @param event the digest of key and value of the first event, or of the refused one
 * @param first the first event; null if refused
 * @param reason why the event was refused; empty if it was not
 */
record Answer(Kind kind, Digest id, Digest event, First first, String reason) {

    /** The outcome of an event. */
    enum Kind {
        /** The topic has the first event of the id; the answered event is that one or a later one. */
        STORED(0),
        /** The state is full: the event was not stored, and may be sent again. */
        FULL(1),
        /** Kafka rejects the event: it was not stored. */
        REJECTED(2);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        /** Returns the code in records. */
        byte code() {
            return code;
        }

        static Kind of(byte code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("no answer of deduplication: its kind is " + code);
        }
    }

    static Answer stored(Digest id, First first) {
        return new Answer(Kind.STORED, id, first.event(), first, "");
    }

    static Answer refused(Kind kind, Digest id, Digest event, String reason) {
        return new Answer(kind, id, event, null, reason);
    }
}
