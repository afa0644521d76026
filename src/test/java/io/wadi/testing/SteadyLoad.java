package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Numbered records, from 0, that are sent at a steady rate regardless of earlier failures, until the load is stopped.
 */
public final class SteadyLoad implements AutoCloseable {
    /** The interval of the sends; each causes at least one request to Kafka. */
    private static final int EVERY_MS = 50;

    private static final int DEFAULT_RATE = 400;

    private final int atATime;
    private final IntFunction<ProducerRecord<byte[], byte[]>> records;
    private final KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer();
    private final AtomicInteger sent = new AtomicInteger();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    private SteadyLoad(int aSecond, IntFunction<ProducerRecord<byte[], byte[]>> records) {
        atATime = aSecond * EVERY_MS / 1000;
        this.records = records;
    }

    /**
     * Starts to send 400 records per second to the partitions in turn; returns when each partition has one.
     *
     * @param values returns a record's value for its number
     */
    public static SteadyLoad start(String topic, int partitions, IntFunction<String> values) throws Exception {
        return start(topic, partitions, DEFAULT_RATE, values);
    }

    /**
     * Starts to send at another rate.
     *
     * @param aSecond the number of records per second, a multiple of 100
     */
    public static SteadyLoad start(String topic, int partitions, int aSecond, IntFunction<String> values)
            throws Exception {
        return start(
                partitions,
                aSecond,
                number -> new ProducerRecord<>(
                        topic, number % partitions, null, values.apply(number).getBytes(UTF_8)));
    }

    /**
     * Starts to send 400 records per second; returns when the first ones are in Kafka.
     *
     * @param first the number of records to await
     * @param records returns the record for its number
     */
    public static SteadyLoad start(int first, IntFunction<ProducerRecord<byte[], byte[]>> records) throws Exception {
        return start(first, DEFAULT_RATE, records);
    }

    /**
     * Starts to send at another rate.
     *
     * @param aSecond the number of records per second, a multiple of 100
     */
    public static SteadyLoad start(int first, int aSecond, IntFunction<ProducerRecord<byte[], byte[]>> records)
            throws Exception {
        SteadyLoad load = new SteadyLoad(aSecond, records);
        // One at a time at first: a broker that has just become leader may reject a batch and accept the next one.
        for (int number = 0; number < first; number++) {
            load.send().get();
        }
        load.timer.scheduleAtFixedRate(load::sendSome, 0, EVERY_MS, TimeUnit.MILLISECONDS);
        return load;
    }

    private void sendSome() {
        for (int i = 0; i < atATime; i++) {
            send();
        }
    }

    private Future<RecordMetadata> send() {
        return producer.send(records.apply(sent.getAndIncrement()));
    }

    /** Stops the load; returns when all records are in Kafka. */
    public void stop() throws InterruptedException {
        timer.shutdown();
        if (!timer.awaitTermination(2, TimeUnit.MINUTES)) {
            throw new AssertionError("records are still being sent");
        }
        producer.flush();
    }

    /** Returns the number of records sent so far. */
    public int sent() {
        return sent.get();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        producer.close();
    }
}
