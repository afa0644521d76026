package io.wadi.ingest.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.ingest.receipts.ReceiptState.Progress;
import io.wadi.ingest.receipts.ReceiptState.Rejection;
import io.wadi.ingest.receipts.ReceiptState.Target;
import io.wadi.kafka.ReservedHeaders;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.records.OffsetReader;
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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;

/**
 * Finds the dead letters and timestamps of records and their locations in the targets. One thread per target waits for
 * the target's server. Not thread-safe.
 */
final class ReceiptDetails implements AutoCloseable {
    /** The maximum wait of a fetch is short: a lookup waits for the response to the fetch before it. */
    private static final Map<String, Object> FETCH = Map.of(
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
            1 << 20,
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            64 << 10,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            5);

    /** The time limits of a search for reading dead letters, for reading records, and for waiting for targets. */
    private static final Duration DEAD_LETTERS_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration RECORDS_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration TARGET_TIMEOUT = Duration.ofSeconds(5);

    private final KafkaClients kafka;
    private final Targets targets;
    private final DeadLetterIndex deadLetters;
    private final RecordLookup records;
    private final Map<String, TargetLookup> lookups = new HashMap<>();
    /** Requests the end offsets of the dead-letter topic while records are read. */
    private final ExecutorService endOffsets =
            Executors.newSingleThreadExecutor(task -> TargetLookup.daemon(task, "wadi-receipts-dead-letters"));

    ReceiptDetails(
            KafkaClients kafka, Targets targets, int maxDeadLetters, long maxDeadLetterBytes, Duration maxAhead) {
        this.kafka = kafka;
        this.targets = targets;
        this.deadLetters = new DeadLetterIndex(
                () -> new TopicReader(settings(IsolationLevel.READ_COMMITTED), new TopicReader.Fetch(FETCH)),
                maxDeadLetters,
                maxDeadLetterBytes,
                maxAhead);
        this.records = new RecordLookup(() -> {
            Map<String, Object> fetch = new HashMap<>(FETCH);
            fetch.putAll(RecordLookup.SETTINGS);
            return new OffsetReader(
                    settings(IsolationLevel.READ_UNCOMMITTED), new TopicReader.Fetch(fetch), RecordLookup.MAX_SKIPPED);
        });
    }

    private Properties settings(IsolationLevel isolation) {
        Properties settings = kafka.readerProperties();
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString());
        return settings;
    }

    /**
     * Finds the states of receipts in a limited time.
     *
     * @param progress the progress of each receipt, by target
     * @param deadLetterEndOffsets requests the end offsets up to which the dead-letter topic is read; called on another
     *     thread
     * @throws KafkaException if the dead-letter topic cannot be read
     */
    ReceiptSearches.Found find(
            Map<Receipt, Map<String, Progress>> progress, Callable<DeadLetterEndOffsets.Found> deadLetterEndOffsets)
            throws InterruptedException {
        Search search = new Search(progress, endOffsets.submit(deadLetterEndOffsets));
        search.run();
        if (search.deadLettersFailure != null) {
            throw search.deadLettersFailure;
        }
        return new ReceiptSearches.Found(search.states, search.failures);
    }

    private final class Search {
        private final Map<Receipt, Map<String, Progress>> progress;
        private final Map<Receipt, ReceiptState> states = new HashMap<>();
        private final RecordChunk chunk = new RecordChunk();
        private final Map<TopicPartition, KafkaException> failures = new HashMap<>();
        private final long begun = System.nanoTime();
        /** The requested end offsets of the dead-letter topic; null once the topic has been read up to them. */
        private Future<DeadLetterEndOffsets.Found> deadLetterEndOffsets;

        private RuntimeException deadLettersFailure;
        private long waitedForTargets;

        Search(Map<Receipt, Map<String, Progress>> progress, Future<DeadLetterEndOffsets.Found> deadLetterEndOffsets) {
            this.progress = progress;
            this.deadLetterEndOffsets = deadLetterEndOffsets;
        }

        void run() throws InterruptedException {
            try {
                read(progress.keySet());
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                readSeparately();
            }
            flush();
        }

        /** Reads each partition separately, so that one that cannot be read does not affect the others. */
        private void readSeparately() throws InterruptedException {
            for (Map.Entry<TopicPartition, Set<Receipt>> each : progress.keySet().stream()
                    .filter(receipt -> !isRead(receipt))
                    .collect(Collectors.groupingBy(Receipt::partition, Collectors.toSet()))
                    .entrySet()) {
                try {
                    read(each.getValue());
                } catch (InterruptException e) {
                    throw e;
                } catch (KafkaException e) {
                    failures.put(each.getKey(), e);
                }
            }
        }

        private void read(Set<Receipt> some) throws InterruptedException {
            Duration left = RECORDS_TIMEOUT.minusNanos(System.nanoTime() - begun);
            Set<Receipt> unread = records.read(some, left, this::add);
            for (Receipt each : some) {
                if (!isRead(each) && !unread.contains(each)) {
                    add(each, RecordLookup.gone(each));
                }
            }
        }

        private boolean isRead(Receipt receipt) {
            return states.containsKey(receipt) || chunk.contains(receipt);
        }

        private void add(ConsumerRecord<byte[], byte[]> read) {
            try {
                add(new Receipt(new TopicPartition(read.topic(), read.partition()), read.offset()), read);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }

        private void add(Receipt receipt, ConsumerRecord<byte[], byte[]> read) throws InterruptedException {
            chunk.add(receipt, read);
            if (chunk.isFull()) {
                flush();
            }
        }

        /**
         * Reads the dead letters, which all states need, before the first state is determined. Returns false after a
         * failure, which is kept: then no state is found.
         */
        private boolean readDeadLetters() throws InterruptedException {
            if (deadLetterEndOffsets != null) {
                try {
                    deadLetters.readTo(deadLetterEndOffsets.get(), DEAD_LETTERS_TIMEOUT);
                } catch (InterruptException e) {
                    throw e;
                } catch (KafkaException e) {
                    deadLettersFailure = e;
                } catch (ExecutionException e) {
                    deadLettersFailure = e.getCause() instanceof RuntimeException known
                            ? known
                            : new IllegalStateException(e.getCause());
                }
                deadLetterEndOffsets = null;
            }
            return deadLettersFailure == null;
        }

        private void flush() throws InterruptedException {
            if (!readDeadLetters()) {
                chunk.clear();
                return;
            }
            Map<Receipt, Map<String, Target>> found = new HashMap<>();
            chunk.receipts().forEach(each -> found.put(each, new LinkedHashMap<>()));
            List<RecordTarget> all = targets.all();
            Map<String, TargetLookup> lookingUp = new HashMap<>();
            for (RecordTarget target : all) {
                TargetLookup lookup = lookups.computeIfAbsent(target.name(), name -> new TargetLookup(target));
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
                    lookingUp.put(target.name(), lookup);
                }
            }
            long waiting = System.nanoTime();
            for (Map.Entry<String, TargetLookup> each : lookingUp.entrySet()) {
                Map<Receipt, Target> places =
                        each.getValue().end(TARGET_TIMEOUT.minusNanos(waitedForTargets + System.nanoTime() - waiting));
                found.forEach((receipt, byTarget) ->
                        byTarget.computeIfPresent(each.getKey(), (name, known) -> place(receipt, name, known, places)));
            }
            waitedForTargets += System.nanoTime() - waiting;
            found.forEach((receipt, byTarget) -> states.put(receipt, state(receipt, byTarget)));
            chunk.clear();
        }

        private Target known(Receipt receipt, RecordTarget target) {
            Progress known = progress.get(receipt).getOrDefault(target.name(), Progress.NOT_CONFIGURED);
            return known == Progress.ARRIVED
                    ? rejection(receipt, target).map(Target::rejected).orElseGet(() -> Target.of(known))
                    : Target.of(known);
        }

        private Optional<Rejection> rejection(Receipt receipt, RecordTarget target) {
            return deadLetters.of(receipt, chunk.get(receipt)).stream()
                    .filter(each ->
                            targets.isFrom(each, target, receipt.partition().topic()))
                    .findFirst();
        }

        private Target place(Receipt receipt, String target, Target known, Map<Receipt, Target> places) {
            if (known.progress() != Progress.ARRIVED) {
                return known;
            }
            Target place = places.get(receipt);
            if (place == null) {
                return TargetLookup.unknown(
                        target, "its server did not respond within %d s".formatted(TARGET_TIMEOUT.toSeconds()));
            }
            if (place.progress() != Progress.ARRIVED) {
                return place;
            }
            if (deadLetters.isBehind()) {
                return place.withProblem(
                        "it may have been rejected: the dead-letter topic has not been read to its end yet");
            }
            return deadLetters.isCompleteSince(chunk.get(receipt).timestamp())
                    ? place
                    : place.withProblem("it may have been rejected: dead letters from that time are no longer known"
                            + " (wadi.receipts.max-dead-letters, the retention of the dead-letter topic)");
        }

        private ReceiptState state(Receipt receipt, Map<String, Target> byTarget) {
            long timestamp = chunk.get(receipt).timestamp();
            Header senderId = chunk.get(receipt).headers().lastHeader(ReservedHeaders.SENDER_ID);
            return new ReceiptState(
                    timestamp < 0 ? null : Instant.ofEpochMilli(timestamp),
                    byTarget,
                    deadLetters.of(receipt, chunk.get(receipt)).stream()
                            .findFirst()
                            .orElse(null),
                    null,
                    senderId == null || senderId.value() == null ? "" : new String(senderId.value(), UTF_8));
        }
    }

    @Override
    public void close() {
        endOffsets.shutdownNow();
        lookups.values().forEach(TargetLookup::close);
        try {
            deadLetters.close();
        } finally {
            records.close();
        }
    }
}
