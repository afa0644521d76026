package io.wadi.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The time from the commit of a record's offset to the response to the request that waits for it. One thread for each
 * partition sends a record and waits for its state; another thread reads the committed offsets every few milliseconds.
 * The measured time begins with the last request that did not return the commit, so it is a few milliseconds too long.
 */
final class ReceiptLatency {
    private static final int WAIT_SECONDS = 60;
    private static final int HIGHEST_SECONDS = 60;
    private static final int OK = 200;
    private static final int PAUSE_MS = 2;

    private final String brokers;
    private final int port;
    private final AtomicLong[] committed = new AtomicLong[ReceiptsBench.PARTITIONS];
    private final long[] since = new long[ReceiptsBench.PARTITIONS];
    private final Histogram micros = new Histogram(TimeUnit.SECONDS.toMicros(HIGHEST_SECONDS), 3);
    private volatile boolean isOver;

    ReceiptLatency(String brokers, int port) {
        this.brokers = brokers;
        this.port = port;
        Arrays.setAll(committed, any -> new AtomicLong());
    }

    /**
     * Measures for a time; returns a line of figures.
     *
     * @throws IOException if a request failed
     */
    String measure(Duration length) throws IOException, InterruptedException {
        TaskThreads threads = new TaskThreads();
        threads.start("committed-offsets", this::watch);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < ReceiptsBench.PARTITIONS; i++) {
                int partition = i;
                threads.start("follower-" + i, () -> follow(producer, partition));
            }
            TimeUnit.NANOSECONDS.sleep(length.toNanos());
            isOver = true;
            threads.join();
        }
        return String.format(
                Locale.ROOT,
                "from commit to response: p50 %.0f ms, p99 %.0f ms, max %.0f ms of %,d responses",
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getMaxValue() / 1e3,
                micros.getTotalCount());
    }

    private void watch() throws IOException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            long before = System.nanoTime();
            while (!isOver) {
                long begun = System.nanoTime();
                long earliest = before;
                CommittedOffsets.of(admin, ReceiptsBench.GROUP).forEach((partition, offset) -> {
                    if (committed[partition].get() != offset) {
                        since[partition] = earliest;
                        synchronized (committed) {
                            committed[partition].set(offset);
                            committed.notifyAll();
                        }
                    }
                });
                before = begun;
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            }
        }
    }

    private void follow(KafkaProducer<byte[], byte[]> producer, int partition)
            throws IOException, InterruptedException, ExecutionException {
        try (Selector selector = Selector.open()) {
            LoadConnection connection = new LoadConnection(new InetSocketAddress("localhost", port), selector);
            byte[] value = Requests.events().get(0);
            while (!isOver) {
                long offset = producer.send(new ProducerRecord<>(ReceiptsBench.TOPIC, partition, null, value))
                        .get()
                        .offset();
                connection.send(ReceiptsBench.get(partition, offset, WAIT_SECONDS), System.nanoTime());
                int status = 0;
                while (status == 0) {
                    selector.select();
                    selector.selectedKeys().clear();
                    status = connection.proceed();
                }
                answered(partition, offset, status);
            }
            connection.close();
        }
    }

    private void answered(int partition, long offset, int status) throws IOException, InterruptedException {
        long now = System.nanoTime();
        if (status != OK) {
            throw new IOException("A response with status " + status);
        }
        synchronized (committed) {
            while (committed[partition].get() <= offset && !isOver) {
                committed.wait(PAUSE_MS);
            }
        }
        if (!isOver) {
            synchronized (micros) {
                micros.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(now - since[partition])));
            }
        }
    }
}
