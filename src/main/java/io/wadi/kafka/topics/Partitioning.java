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
 * How a topic's records choose their partitions: by the murmur2 hash of the key or of a field of it, exactly as Kafka's own
 * producer hashes keys, so that other clients agree.
 *
 * @param field the field of a JSON object as the key whose value counts; null where the whole key does. Its value is a
 *     string's text, else its compact JSON
 * @param pins values, or whole keys, that go to these partitions, whatever their hash
 * @param missing the partition of records without a key, or without the field; {@link #SPREAD} or {@link #REFUSE}
 */
public record Partitioning(String field, Map<String, Integer> pins, int missing) {
    /** No partition in particular: the producer spreads such records. */
    public static final int SPREAD = -1;

    /** Such records are not sent. */
    public static final int REFUSE = -2;

    /** Kafka's own: the whole key, and records without one are spread. */
    static final Partitioning KAFKAS = new Partitioning(null, Map.of(), SPREAD);

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    /**
     * The partition of a record.
     *
     * @param key its key as it is sent; null for none
     * @param partitions how many the topic has
     * @return the partition, or {@link #SPREAD}
     * @throws InvalidRecordException where it is not to be sent: it has no key, or its partition does not exist
     */
    public int partition(byte[] key, int partitions) {
        byte[] hashed = field == null || key == null ? key : fieldOf(key);
        if (hashed == null) {
            return withoutKey(partitions);
        }
        Integer pin = pins.isEmpty() ? null : pins.get(new String(hashed, UTF_8));
        return pin == null ? BuiltInPartitioner.partitionForKey(hashed, partitions) : existing(pin, partitions);
    }

    /** The field's value; null where the key is no JSON object or does not have it. */
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
            throw new InvalidRecordException("topics.yaml sends the key to partition %d, and the topic's last is %d"
                    .formatted(partition, partitions - 1));
        }
        return partition;
    }
}
