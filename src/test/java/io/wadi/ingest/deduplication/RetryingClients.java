package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients that send batches of numbered events, each with its own idempotency key, to one of several instances, and
 * again until they have a receipt for each event. Some batches are sent once more afterwards.
 */
final class RetryingClients implements AutoCloseable {
    private static final Pattern RECEIPT =
            Pattern.compile("\"topic\":\"([^\"]+)\",\"partition\":(\\d+),\"offset\":(\\d+)");
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final List<Integer> ports;
    private final String topic;
    private final int perBatch;
    private final int retriedIn100;
    private final long events;
    private final AtomicLong next = new AtomicLong();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final Map<Long, String> receipts = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads;

    private RetryingClients(
            List<Integer> ports, String topic, int clients, int perBatch, int retriedIn100, long events) {
        this.ports = ports;
        this.topic = topic;
        this.perBatch = perBatch;
        this.retriedIn100 = retriedIn100;
        this.events = events;
        threads = Executors.newFixedThreadPool(clients);
    }

    /**
     * Starts the clients.
     *
     * @param retriedIn100 how many of a hundred batches with receipts are sent once more
     * @param events the number of events
     */
    static RetryingClients start(
            List<Integer> ports, String topic, int clients, int perBatch, int retriedIn100, long events) {
        RetryingClients started = new RetryingClients(ports, topic, clients, perBatch, retriedIn100, events);
        for (int client = 0; client < clients; client++) {
            Random random = new Random(client);
            started.threads.execute(() -> started.run(random));
        }
        started.threads.shutdown();
        return started;
    }

    private void run(Random random) {
        for (long first = next.getAndAdd(perBatch); first < events; first = next.getAndAdd(perBatch)) {
            send(first, random);
            if (random.nextInt(100) < retriedIn100) {
                retries.add(perBatch);
                send(first, random);
            }
        }
    }

    private void send(long first, Random random) {
        StringBuilder body = new StringBuilder();
        for (long number = first; number < first + perBatch; number++) {
            body.append("{\"number\":").append(number).append("}\n");
        }
        try {
            while (true) {
                int port = ports.get(random.nextInt(ports.size()));
                try {
                    HttpResponse<String> answer = Http.post(
                            "http://localhost:%d/events/%s".formatted(port, topic),
                            body.toString().getBytes(UTF_8),
                            "Idempotency-Key",
                            "batch-" + first,
                            "Content-Type",
                            "application/x-ndjson");
                    if (answer.statusCode() == OK) {
                        take(first, answer.body());
                        return;
                    }
                    if (answer.statusCode() != UNAVAILABLE) {
                        wrong.add(first + ": " + answer.statusCode() + " " + answer.body());
                        return;
                    }
                } catch (IOException e) {
                    // The instance has been killed.
                    retries.increment();
                }
                TimeUnit.MILLISECONDS.sleep(50); // A client waits before it retries; nothing is awaited here.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void take(long first, String body) {
        Matcher receipt = RECEIPT.matcher(body);
        long number = first;
        for (; receipt.find(); number++) {
            String found = receipt.group(1) + "-" + receipt.group(2) + "@" + receipt.group(3);
            String before = receipts.put(number, found);
            if (before == null) {
                acknowledged.increment();
            } else if (!before.equals(found)) {
                wrong.add("%d: first %s, then %s".formatted(number, before, found));
            }
        }
        if (number != first + perBatch) {
            wrong.add(first + ": " + body);
        }
    }

    long acknowledged() {
        return acknowledged.sum();
    }

    /** Waits until all events have their receipts. */
    void await(long seconds) throws InterruptedException {
        assertThat(threads.awaitTermination(seconds, TimeUnit.SECONDS))
                .as("%d of %d events have receipts", acknowledged(), events)
                .isTrue();
    }

    /** Asserts that each event has one record, and that its receipt names it. */
    void check() {
        check(TestServers.shared().ports().kafkaBrokers());
    }

    /** Like {@link #check()}, in another Kafka. */
    void check(String brokers) {
        assertThat(wrong).as("%d events, %d sent again", events, retries.sum()).isEmpty();
        Map<Long, List<String>> records = new HashMap<>();
        KafkaProbe.forEach(
                brokers,
                topic,
                record -> records.computeIfAbsent(
                                Long.valueOf(new String(record.value(), UTF_8).replaceAll("\\D", "")),
                                number -> new ArrayList<>(1))
                        .add(record.topic() + "-" + record.partition() + "@" + record.offset()));
        assertThat(records).hasSize((int) events);
        List<String> different = new ArrayList<>();
        records.forEach((number, found) -> {
            if (!found.equals(List.of(receipts.get(number)))) {
                different.add("%d: records %s, receipt %s".formatted(number, found, receipts.get(number)));
            }
        });
        assertThat(different).isEmpty();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
