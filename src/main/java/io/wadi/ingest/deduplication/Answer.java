package io.wadi.ingest.deduplication;

/**
 * The answer for an event of an inbox: the location of the first event with its id, or the reason for refusing the
 * event.
 *
 * @param id the digest of the event's id
 * @param event the content digest ({@link Digest#ofEvent}) of the first event, or of the refused event
 * @param first the first event with the id; null if the event was refused
 * @param reason the reason for the refusal; empty if the event was not refused
 */
record Answer(Kind kind, Digest id, Digest event, First first, String reason) {

    /** The outcome of deduplicating an event. */
    enum Kind {
        /** The topic contains the first event with the id: the answered event itself or an earlier one. */
        STORED(0),
        /** The limit of ids is reached: the event was not stored, and the client may send it again. */
        FULL(1),
        /** Kafka rejected the event: it was not stored. */
        REJECTED(2);

        private final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        /** Returns the code of this kind in the records of answers. */
        byte code() {
            return code;
        }

        static Kind of(byte code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("unknown kind of an answer of deduplication: " + code);
        }
    }

    static Answer stored(Digest id, First first) {
        return new Answer(Kind.STORED, id, first.event(), first, "");
    }

    static Answer refused(Kind kind, Digest id, Digest event, String reason) {
        return new Answer(kind, id, event, null, reason);
    }
}
