package io.wadi.kafka.topics;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Map;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.InvalidRecordException;

/**
 * The assignment of a topic's records to partitions: by the murmur2 hash of the key or of a field of it, exactly as
 * Kafka's producer hashes keys, so that other clients choose the same partitions.
 *
 * @param field the field of the key, a JSON object, to hash: the text of a string, or the compact JSON of another
 *     value; null to hash the whole key
 * @param pins fixed partitions by key or field value, which override the hash
 * @param missing the partition of records without a key or field; {@link #SPREAD} or {@link #REFUSE}
 */
public record Partitioning(String field, Map<String, Integer> pins, int missing) {
    /** Any partition, chosen by the producer. */
    public static final int SPREAD = -1;

    /** The record is rejected. */
    public static final int REFUSE = -2;

    /** Kafka's default: hashes the whole key, and spreads records without one. */
    public static final Partitioning DEFAULT = new Partitioning(null, Map.of(), SPREAD);

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    /**
     * Returns the partition of a record.
     *
     * @param key the serialized key; null for none
     * @param partitions the number of partitions of the topic
     * @return the partition, or {@link #SPREAD}
     * @throws InvalidRecordException if a required key or field is missing, or the declared partition does not exist
     */
    public int partition(byte[] key, int partitions) {
        byte[] hashed = field == null || key == null ? key : fieldOf(key);
        if (hashed == null) {
            return withoutKey(partitions);
        }
        Integer pin = pins.isEmpty() ? null : pins.get(new String(hashed, UTF_8));
        return pin == null ? BuiltInPartitioner.partitionForKey(hashed, partitions) : existing(pin, partitions);
    }

    /** Returns the field's value; null if the key is not a JSON object or lacks the field. */
    private byte[] fieldOf(byte[] key) {
        try {
            JsonNode value = JSON.<JsonNode>readValue(key).get(field);
            if (value == null || value.isNull()) {
                return null;
            }
            return (value.isTextual() ? value.textValue() : value.toString()).getBytes(UTF_8);
        } catch (IOException notJson) {
            return null;
        }
    }

    private int withoutKey(int partitions) {
        return switch (missing) {
            case SPREAD -> SPREAD;
            case REFUSE ->
                throw new InvalidRecordException(
                        field == null
                                ? "the topic's records must have a key"
                                : "the key must be a JSON object with the field \"" + field + "\"");
            default -> existing(missing, partitions);
        };
    }

    private static int existing(int partition, int partitions) {
        if (partition >= partitions) {
            throw new InvalidRecordException("topics.yaml assigns the key to partition %d, but the last partition is %d"
                    .formatted(partition, partitions - 1));
        }
        return partition;
    }
}
