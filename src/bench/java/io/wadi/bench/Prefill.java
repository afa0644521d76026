package io.wadi.bench;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Fills topics: lz4, the same number of records in each partition, values of one length that contain their partition
 * and their position in it. About half of a value of 250 bytes is the same text in all, the rest is random.
 */
final class Prefill {
    /** The positions of partition and sequence in a value. */
    static final int PARTITION_AT = "{\"partition\":".length();

    static final int SEQUENCE_AT = PARTITION_AT + "0,\"sequence\":\"".length();
    static final int SEQUENCE_DIGITS = 10;
    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

    private final String brokers;
    private final Map<LandingCase, Long> sums = new HashMap<>();

    Prefill(String brokers) {
        this.brokers = brokers;
    }

    /** Fills the case's topic unless it is already filled; returns the sum of all values' checksums. */
    long fill(LandingCase landingCase) throws ExecutionException, InterruptedException {
        Long known = sums.get(landingCase);
        if (known == null) {
            known = produce(landingCase);
            sums.put(landingCase, known);
        }
        return known;
    }

    private long produce(LandingCase landingCase) throws ExecutionException, InterruptedException {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers,
                ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4",
                ProducerConfig.LINGER_MS_CONFIG, "20",
                ProducerConfig.BATCH_SIZE_CONFIG, "65536",
                // The leader of a new topic can reject the first batch and accept the second; retries do not correct
                // this.
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
        AtomicReference<Exception> failure = new AtomicReference<>();
        long sum = 0;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers));
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            admin.createTopics(List.of(new NewTopic(landingCase.topic(), LandingCase.PARTITIONS, (short) 1)))
                    .all()
                    .get();
            CRC32C crc = new CRC32C();
            for (long i = 0; i < landingCase.records(); i++) {
                int partition = (int) (i % LandingCase.PARTITIONS);
                byte[] value = value(partition, i / LandingCase.PARTITIONS, landingCase.valueBytes());
                crc.reset();
                crc.update(value);
                sum += crc.getValue();
                producer.send(new ProducerRecord<>(landingCase.topic(), partition, null, value), (metadata, error) -> {
                    if (error != null) {
                        failure.set(error);
                    }
                });
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("The topic could not be filled: " + failure.get(), failure.get());
        }
        return sum;
    }

    /** Returns a value of a length, with its partition and sequence number. */
    static byte[] value(int partition, long sequence, int length) {
        String begin = String.format(
                Locale.ROOT,
                "{\"partition\":%d,\"sequence\":\"%010d\",\"userAgent\":\"Mozilla/5.0 (X11; Linux x86_64)\","
                        + "\"colorName\":\"red\",\"userName\":\"",
                partition,
                sequence);
        byte[] value = new byte[length];
        byte[] head = begin.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, value, 0, head.length);
        SplittableRandom random = new SplittableRandom(sequence * LandingCase.PARTITIONS + partition);
        for (int i = head.length; i < length - 2; i++) {
            value[i] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
        }
        value[length - 2] = '"';
        value[length - 1] = '}';
        return value;
    }
}
