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
 * Records at a steady rate, whatever becomes of those before, numbered from 0 and dealt out to the partitions in turn, until it is
 * stopped.
 */
public final class SteadyLoad implements AutoCloseable {
    private static final int EVERY_MS = 10;
    private static final int FEW_A_SECOND = 400;

    private final String topic;
    private final int partitions;
    private final int atATime;
    private final IntFunction<String> values;
    private final KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer();
    private final AtomicInteger sent = new AtomicInteger();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    private SteadyLoad(String topic, int partitions, int aSecond, IntFunction<String> values) {
        this.topic = topic;
        this.partitions = partitions;
        atATime = aSecond * EVERY_MS / 1000;
        this.values = values;
    }

    /**
     * Begins with 400 a second, and one record in each partition when it returns; {@code values} makes a record's value of its
     * number.
     */
    public static SteadyLoad start(String topic, int partitions, IntFunction<String> values) throws Exception {
        return start(topic, partitions, FEW_A_SECOND, values);
    }

    /** The same with another number a second, a multiple of 100. */
    public static SteadyLoad start(String topic, int partitions, int aSecond, IntFunction<String> values)
            throws Exception {
        SteadyLoad load = new SteadyLoad(topic, partitions, aSecond, values);
        // One at a time at first: a broker that has just become leader may refuse a batch and take the one after it.
        for (int partition = 0; partition < partitions; partition++) {
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
        int number = sent.getAndIncrement();
        byte[] value = values.apply(number).getBytes(UTF_8);
        return producer.send(new ProducerRecord<>(topic, number % partitions, null, value));
    }

    /** Sends no more; returns when all is in Kafka. */
    public void stop() throws InterruptedException {
        timer.shutdown();
        if (!timer.awaitTermination(30, TimeUnit.SECONDS)) {
            throw new AssertionError("records are still being sent to " + topic);
        }
        producer.flush();
    }

    /** How many records so far. */
    public int sent() {
        return sent.get();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        producer.close();
    }
}
