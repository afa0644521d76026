package io.wadi.ingest.receipts;

import io.wadi.ingest.receipts.ReceiptState.Progress;
import io.wadi.ingest.receipts.ReceiptState.Rejection;
import io.wadi.ingest.receipts.ReceiptState.Target;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.records.TopicReader;
import io.wadi.kafka.targets.RecordTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Finds where records are: their dead letters, their timestamps, and their places in the targets. One thread reads from
 * Kafka, and one for each target waits for its server.
 */
final class ReceiptDetails implements AutoCloseable {
    /** A lookup waits for the response to the fetch before it, at the end of the partition for as long as this allows. */
    private static final TopicReader.Fetch FETCH = new TopicReader.Fetch(Map.of(
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
            1 << 20,
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            64 << 10,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            5));

    /** The limits of records in memory at a time. */
    private static final int MAX_RECORDS = 500;

    private static final long MAX_BYTES = 4 << 20;
    private static final Duration TARGET_TIMEOUT = Duration.ofSeconds(5);

    private final KafkaClients kafka;
    private final Targets targets;
    private final DeadLetterIndex deadLetters;
    private final RecordLookup records;
    private final Map<String, TargetLookup> lookups = new ConcurrentHashMap<>();
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(task -> TargetLookup.daemon(task, "wadi-receipts-records"));

    ReceiptDetails(KafkaClients kafka, Targets targets, int maxDeadLetters) {
        this.kafka = kafka;
        this.targets = targets;
        this.deadLetters = new DeadLetterIndex(() -> reader(IsolationLevel.READ_COMMITTED), maxDeadLetters);
        this.records = new RecordLookup(() -> reader(IsolationLevel.READ_UNCOMMITTED));
    }

    private TopicReader reader(IsolationLevel isolation) {
        Properties settings = kafka.readerProperties();
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString());
        return new TopicReader(settings, FETCH);
    }

    /**
     * Begins to find out the states of receipts.
     *
     * @param progress how far each is, by target
     * @param deadLetterEnds how far the dead-letter topic has to be read
     * @param found receives the states, and an error of Kafka if states are missing
     */
    void find(
            Map<Receipt, Map<String, Progress>> progress,
            Map<TopicPartition, Long> deadLetterEnds,
            BiConsumer<Map<Receipt, ReceiptState>, RuntimeException> found) {
        thread.execute(() -> {
            try {
                deadLetters.readTo(deadLetterEnds);
                Search search = new Search(progress);
                search.run();
                found.accept(search.states, search.failure);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                found.accept(Map.of(), new InterruptException(e));
            } catch (RuntimeException e) {
                found.accept(Map.of(), e);
            }
        });
    }

    private final class Search {
        private final Map<Receipt, Map<String, Progress>> progress;
        private final Map<Receipt, ReceiptState> states = new HashMap<>();
        private final Map<Receipt, ConsumerRecord<byte[], byte[]>> chunk = new LinkedHashMap<>();
        private long bytes;
        private KafkaException failure;

        Search(Map<Receipt, Map<String, Progress>> progress) {
            this.progress = progress;
        }

        void run() throws InterruptedException {
            try {
                read(progress.keySet());
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                readApart();
            }
            flush();
        }

        /** Reads each partition by itself, so that one that cannot be read does not hide the others. */
        private void readApart() throws InterruptedException {
            for (Set<Receipt> each : progress.keySet().stream()
                    .filter(receipt -> !isRead(receipt))
                    .collect(Collectors.groupingBy(Receipt::partition, Collectors.toSet()))
                    .values()) {
                try {
                    read(each);
                } catch (InterruptException e) {
                    throw e;
                } catch (KafkaException e) {
                    failure = e;
                }
            }
        }

        private void read(Set<Receipt> some) throws InterruptedException {
            records.read(some, this::add);
            for (Receipt each : some) {
                if (!isRead(each)) {
                    add(each, RecordLookup.gone(each));
                }
            }
        }

        private boolean isRead(Receipt receipt) {
            return states.containsKey(receipt) || chunk.containsKey(receipt);
        }

        private void add(ConsumerRecord<byte[], byte[]> read) {
            try {
                add(new Receipt(new TopicPartition(read.topic(), read.partition()), read.offset()), read);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }

        private void add(Receipt receipt, ConsumerRecord<byte[], byte[]> read) throws InterruptedException {
            chunk.put(receipt, read);
            bytes += Math.max(0, read.serializedValueSize());
            if (chunk.size() >= MAX_RECORDS || bytes >= MAX_BYTES) {
                flush();
            }
        }

        private void flush() throws InterruptedException {
            Map<Receipt, Map<String, Target>> found = new HashMap<>();
            chunk.keySet().forEach(each -> found.put(each, new LinkedHashMap<>()));
            List<RecordTarget> all = targets.all();
            Map<String, TargetLookup> begun = new HashMap<>();
            for (RecordTarget target : all) {
                TargetLookup lookup =
                        lookups.computeIfAbsent(target.name(), name -> new TargetLookup(target, TARGET_TIMEOUT));
                List<ConsumerRecord<byte[], byte[]>> arrived = new ArrayList<>();
                found.forEach((receipt, byTarget) -> {
                    Target known = known(receipt, target);
                    byTarget.put(target.name(), known);
                    if (known.progress() == Progress.ARRIVED) {
                        arrived.add(chunk.get(receipt));
                    }
                });
                if (!arrived.isEmpty()) {
                    lookup.begin(arrived);
                    begun.put(target.name(), lookup);
                }
            }
            for (Map.Entry<String, TargetLookup> each : begun.entrySet()) {
                Map<Receipt, Target> places = each.getValue().end();
                found.forEach((receipt, byTarget) ->
                        byTarget.computeIfPresent(each.getKey(), (name, known) -> place(receipt, name, known, places)));
            }
            found.forEach((receipt, byTarget) -> states.put(receipt, state(receipt, byTarget)));
            chunk.clear();
            bytes = 0;
        }

        private Target known(Receipt receipt, RecordTarget target) {
            Progress known = progress.get(receipt).getOrDefault(target.name(), Progress.NOT_CONFIGURED);
            return known == Progress.ARRIVED
                    ? rejection(receipt, target)
                            .map(rejection -> Target.rejected(rejection.reason()))
                            .orElseGet(() -> Target.of(known))
                    : Target.of(known);
        }

        private Optional<Rejection> rejection(Receipt receipt, RecordTarget target) {
            return deadLetters.of(receipt).stream()
                    .filter(each ->
                            targets.isFrom(each, target, receipt.partition().topic()))
                    .findFirst();
        }

        private Target place(Receipt receipt, String target, Target known, Map<Receipt, Target> places) {
            if (known.progress() != Progress.ARRIVED) {
                return known;
            }
            Target place = places.getOrDefault(
                    receipt,
                    TargetLookup.unknown(
                            target, "its server did not answer within %d s".formatted(TARGET_TIMEOUT.toSeconds())));
            return deadLetters.isCompleteSince(chunk.get(receipt).timestamp()) || place.progress() != Progress.ARRIVED
                    ? place
                    : place.withProblem(
                            "rejected records of its time are not known any more (wadi.receipts.max-dead-letters)");
        }

        private ReceiptState state(Receipt receipt, Map<String, Target> byTarget) {
            long timestamp = chunk.get(receipt).timestamp();
            return new ReceiptState(
                    timestamp < 0 ? null : Instant.ofEpochMilli(timestamp),
                    byTarget,
                    deadLetters.of(receipt).stream().findFirst().orElse(null));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        lookups.values().forEach(TargetLookup::close);
        try {
            if (thread.awaitTermination(TARGET_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                deadLetters.close();
                records.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
