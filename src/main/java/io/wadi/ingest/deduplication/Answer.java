package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * The answer for an event of an inbox: where the first event of its id is, or why the event was refused. As a record its
 * key is the id, and its value is binary: a byte with the version, one with the {@link Kind}, 16 bytes with the digest of the
 * first (or of the refused) event; then partition, offset and time of the first, or the reason in UTF-8.
 *
 * @param event the digest of key and value of the first event, or of the refused one
 * @param first the first event; null if refused
 * @param reason why the event was refused; empty if it was not
 */
record Answer(Kind kind, Digest event, First first, String reason) {
    private static final byte VERSION = 1;
    private static final int HEAD_BYTES = 2 + Digest.BYTES;
    private static final int FIRST_BYTES = Integer.BYTES + 2 * Long.BYTES;

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

        static Kind of(byte code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("no answer of deduplication: its kind is " + code);
        }
    }

    static Answer stored(First first) {
        return new Answer(Kind.STORED, first.event(), first, "");
    }

    static Answer refused(Kind kind, Digest event, String reason) {
        return new Answer(kind, event, null, reason);
    }

    byte[] encoded() {
        byte[] text = reason.getBytes(UTF_8);
        ByteBuffer to = ByteBuffer.allocate(HEAD_BYTES + (first == null ? text.length : FIRST_BYTES));
        to.put(VERSION).put(kind.code);
        event.write(to);
        if (first == null) {
            to.put(text);
        } else {
            to.putInt(first.partition()).putLong(first.offset()).putLong(first.timeMs());
        }
        return to.array();
    }

    /**
     * Reads an answer.
     *
     * @throws IllegalArgumentException if it is none of a known version
     */
    static Answer decode(byte[] value) {
        if (value == null || value.length < HEAD_BYTES || value[0] != VERSION) {
            throw new IllegalArgumentException("no answer of deduplication in a known version");
        }
        ByteBuffer from = ByteBuffer.wrap(value, 1, value.length - 1);
        Kind kind = Kind.of(from.get());
        Digest event = Digest.read(from);
        if (kind != Kind.STORED) {
            return refused(kind, event, UTF_8.decode(from).toString());
        }
        return stored(new First(from.getInt(), from.getLong(), from.getLong(), event));
    }
}
