package io.wadi.landing.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;

/** Decodes lines of landed files into records. */
public final class LandedLine {
    private static final byte[] BEGIN = "{\"topic\":\"".getBytes(UTF_8);

    private LandedLine() {}

    /**
     * Returns whether a line is an {@link Envelope} of the partition, which contains its offset. Landing writes no
     * values with the same beginning.
     */
    public static boolean isEnvelope(byte[] line, TopicPartition partition) {
        return offset(line, partition) >= 0;
    }

    /** Returns the offset in an {@link Envelope} of the partition, or -1 if the line is not one. */
    public static long offset(byte[] line, TopicPartition partition) {
        return offset(ByteBuffer.wrap(line), partition.topic(), partition.partition());
    }

    static long offset(ByteBuffer line, String topic, int partition) {
        if (!beginsWith(BEGIN, line)) {
            return -1; // Most lines differ here, so that the longer prefix is rarely built.
        }
        byte[] begin = ("{\"topic\":\"" + topic + "\",\"partition\":" + partition + ",\"offset\":").getBytes(UTF_8);
        if (!beginsWith(begin, line)) {
            return -1;
        }
        long offset = 0;
        int i = line.position() + begin.length;
        for (; i < line.limit() && line.get(i) >= '0' && line.get(i) <= '9'; i++) {
            offset = 10 * offset + line.get(i) - '0';
        }
        return Math.max(0, offset);
    }

    private static boolean beginsWith(byte[] begin, ByteBuffer line) {
        int from = line.arrayOffset() + line.position();
        return line.remaining() > begin.length
                && Arrays.equals(line.array(), from, from + begin.length, begin, 0, begin.length);
    }

    /** Returns the line that landing writes for the record with {@code envelope=true}. */
    public static byte[] envelopeOf(ConsumerRecord<byte[], byte[]> consumed) {
        return new Envelope()
                .line(withValue(consumed, Utils.wrapNullable(consumed.value())))
                .array();
    }

    /** Returns a record with the line as its value; key, headers and timestamp are unknown. */
    public static ConsumerRecord<byte[], ByteBuffer> value(byte[] line, TopicPartition partition, long offset) {
        return new ConsumerRecord<>(partition.topic(), partition.partition(), offset, null, ByteBuffer.wrap(line));
    }

    /**
     * Returns the record in an envelope.
     *
     * @throws IOException if {@link Envelope} did not write the line
     */
    public static ConsumerRecord<byte[], ByteBuffer> envelope(byte[] line, TopicPartition partition)
            throws IOException {
        Read read = Json.ENVELOPES.parse(ByteBuffer.wrap(line), json -> read(json, line));
        if (read.offset != offset(line, partition)) {
            throw new IOException("invalid envelope: expected one offset, at its beginning");
        }
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                read.offset,
                read.timestamp,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                read.key,
                Utils.wrapNullable(read.value),
                read.headers,
                Optional.empty());
    }

    private static Read read(JsonParser json, byte[] line) throws IOException {
        Read read = new Read();
        require(json.nextToken() == JsonToken.START_OBJECT, json);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            read.field(name, json, line);
        }
        return read;
    }

    /** Returns the record with its value as an array. */
    static ConsumerRecord<byte[], byte[]> withBytes(ConsumerRecord<byte[], ByteBuffer> read) {
        return withValue(read, read.value() == null ? null : read.value().array());
    }

    /** Returns the record with another value. */
    public static <V> ConsumerRecord<byte[], V> withValue(ConsumerRecord<byte[], ?> record, V value) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                record.serializedKeySize(),
                record.serializedValueSize(),
                record.key(),
                value,
                record.headers(),
                record.leaderEpoch());
    }

    private static void require(boolean condition, JsonParser json) throws IOException {
        if (!condition) {
            throw new IOException("invalid envelope: unexpected token " + json.currentToken());
        }
    }

    private static final class Read {
        private final RecordHeaders headers = new RecordHeaders();
        private long offset = -1;
        private long timestamp = -1;
        private byte[] key;
        private byte[] value;

        void field(String name, JsonParser json, byte[] line) throws IOException {
            switch (name) {
                case "offset" -> offset = json.getLongValue();
                case "timestamp" -> timestamp = json.currentToken() == JsonToken.VALUE_NULL ? -1 : json.getLongValue();
                case "key", "valueText" -> text(name, json);
                case "keyBase64" -> key = json.getBinaryValue();
                case "valueBase64" -> value = json.getBinaryValue();
                case "headers" -> headers(json);
                case "value" -> value = raw(json, line);
                default -> json.skipChildren();
            }
        }

        private void text(String name, JsonParser json) throws IOException {
            byte[] bytes = bytes(json);
            if (name.equals("key")) {
                key = bytes;
            } else {
                value = bytes;
            }
        }

        private static byte[] bytes(JsonParser json) throws IOException {
            return json.currentToken() == JsonToken.VALUE_NULL
                    ? null
                    : json.getText().getBytes(UTF_8);
        }

        private void headers(JsonParser json) throws IOException {
            while (json.nextToken() == JsonToken.START_OBJECT) {
                String headerKey = "";
                byte[] headerValue = null;
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    switch (name) {
                        case "key" -> headerKey = json.getText();
                        case "value" -> headerValue = bytes(json);
                        case "valueBase64" -> headerValue = json.getBinaryValue();
                        default -> json.skipChildren();
                    }
                }
                headers.add(headerKey, headerValue);
            }
        }

        /** Returns the bytes of the value in the line; null for a null value. */
        private static byte[] raw(JsonParser json, byte[] line) throws IOException {
            if (json.currentToken() == JsonToken.VALUE_NULL) {
                return null;
            }
            int begin = (int) json.currentTokenLocation().getByteOffset();
            json.skipChildren();
            json.finishToken();
            int end = (int) json.currentLocation().getByteOffset();
            return Arrays.copyOfRange(line, begin, end);
        }
    }
}
