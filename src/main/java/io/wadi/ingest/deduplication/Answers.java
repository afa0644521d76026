package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.ingest.deduplication.Answer.Kind;
import io.wadi.kafka.topics.Topic;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * The binary format of a record of answers, which has the answers for many events of one partition of an inbox: a
 * version byte, then the answers in the order of the events. An answer is a byte with its {@link Kind}, the 16-byte
 * digest of the id and the 16-byte digest of the first (or refused) event. A stored event is followed by partition,
 * offset, timestamp and sender of the first event; a refused one by the length and the UTF-8 text of the reason.
 */
final class Answers {
    private static final byte VERSION = 2;
    /** The greatest version that a later format can have; no text begins with one of the versions. */
    private static final byte MAX_VERSION = 8;
    /** Maximum size of a value with more than one answer. */
    static final int MAX_BYTES = 64 << 10;

    private static final int HEAD_BYTES = 1 + 2 * Digest.BYTES;
    private static final int FIRST_BYTES = 2 * (Integer.BYTES + Long.BYTES);

    /**
     * The header with the window of the flow that wrote the answers, in milliseconds. While {@code within} is changed
     * in one process after the other, it differs from the window of the process that reads them.
     */
    private static final String WITHIN = "within";

    private Answers() {}

    /** Returns the header with the window of a topic. */
    static Header within(Topic topic) {
        long withinMs = topic.deduplication().within().toMillis();
        return new RecordHeader(
                WITHIN, ByteBuffer.allocate(Long.BYTES).putLong(withinMs).array());
    }

    /**
     * Returns the window of the flow that wrote a record of answers, in milliseconds; that of the topic if the record
     * does not contain it.
     */
    static long withinMs(Topic topic, Headers headers) {
        Header within = headers.lastHeader(WITHIN);
        return within == null || within.value() == null || within.value().length != Long.BYTES
                ? topic.deduplication().within().toMillis()
                : ByteBuffer.wrap(within.value()).getLong();
    }

    /** Encodes answers into as few values as {@link #MAX_BYTES} allows, in order. */
    static List<byte[]> encode(List<Answer> answers) {
        List<byte[]> values = new ArrayList<>();
        int begin = 0;
        int bytes = 1;
        for (int i = 0; i < answers.size(); i++) {
            int more = bytes(answers.get(i));
            if (i > begin && bytes + more > MAX_BYTES) {
                values.add(encode(answers.subList(begin, i), bytes));
                begin = i;
                bytes = 1;
            }
            bytes += more;
        }
        if (begin < answers.size()) {
            values.add(encode(answers.subList(begin, answers.size()), bytes));
        }
        return values;
    }

    private static int bytes(Answer answer) {
        return HEAD_BYTES + (answer.first() == null ? Integer.BYTES + reason(answer).length : FIRST_BYTES);
    }

    private static byte[] reason(Answer answer) {
        return answer.reason().getBytes(UTF_8);
    }

    private static byte[] encode(List<Answer> answers, int bytes) {
        ByteBuffer to = ByteBuffer.allocate(bytes);
        to.put(VERSION);
        for (Answer answer : answers) {
            to.put(answer.kind().code());
            answer.id().write(to);
            answer.event().write(to);
            First first = answer.first();
            if (first == null) {
                byte[] reason = reason(answer);
                to.putInt(reason.length).put(reason);
            } else {
                to.putInt(first.partition())
                        .putLong(first.offset())
                        .putLong(first.timeMs())
                        .putInt(first.sender());
            }
        }
        return to.array();
    }

    /** Returns whether a value can contain answers, at least of another version; other programs wrote all others. */
    static boolean isVersioned(byte[] value) {
        return value != null && value.length > 0 && value[0] > 0 && value[0] <= MAX_VERSION;
    }

    /**
     * Decodes the answers of a value.
     *
     * @throws IllegalArgumentException if the version is unknown or the value is malformed
     */
    static List<Answer> decode(byte[] value) {
        if (value == null || value.length == 0 || value[0] != VERSION) {
            throw new IllegalArgumentException("expected answers of deduplication in version " + VERSION);
        }
        ByteBuffer from = ByteBuffer.wrap(value, 1, value.length - 1);
        List<Answer> answers = new ArrayList<>(value.length / (HEAD_BYTES + FIRST_BYTES));
        try {
            while (from.hasRemaining()) {
                answers.add(read(from));
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("an answer of deduplication is truncated", e);
        }
        return answers;
    }

    private static Answer read(ByteBuffer from) {
        Kind kind = Kind.of(from.get());
        Digest id = Digest.read(from);
        Digest event = Digest.read(from);
        if (kind != Kind.STORED) {
            int length = from.getInt();
            if (length < 0 || length > from.remaining()) {
                throw new BufferUnderflowException();
            }
            byte[] reason = new byte[length];
            from.get(reason);
            return Answer.refused(kind, id, event, new String(reason, UTF_8));
        }
        return Answer.stored(id, new First(from.getInt(), from.getLong(), from.getLong(), event, from.getInt()));
    }
}
