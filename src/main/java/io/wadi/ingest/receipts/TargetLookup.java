package io.wadi.ingest.receipts;

import io.wadi.ingest.receipts.ReceiptState.Progress;
import io.wadi.ingest.receipts.ReceiptState.Target;
import io.wadi.kafka.Causes;
import io.wadi.kafka.targets.RecordTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the locations of records in one target, on its own thread. While a lookup waits for the target's server, no
 * other lookup begins: callers then report that records have arrived, with a problem instead of the location.
 */
final class TargetLookup implements AutoCloseable {
    /** The fields of a target that are null if the record is not found. */
    private static final Map<String, List<String>> FIELDS =
            Map.of("landed", List.of("file", "at"), "indexed", List.of("index", "id"));

    private static final Logger LOG = LoggerFactory.getLogger(TargetLookup.class);

    private final RecordTarget target;
    private final ExecutorService thread;
    private Future<Map<Receipt, Target>> last;
    private boolean isBusy;

    TargetLookup(RecordTarget target) {
        this.target = target;
        this.thread = Executors.newSingleThreadExecutor(task -> daemon(task, "wadi-receipts-" + target.name()));
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Begins the lookup of records; a record without a value may be one that Kafka no longer has. Called by one thread.
     */
    void begin(List<ConsumerRecord<byte[], byte[]>> arrived) {
        isBusy = last != null && !last.isDone();
        if (!isBusy) {
            last = thread.submit(() -> find(arrived));
        }
    }

    /** Waits for the result of {@link #begin}; empty if there is no result in time. */
    Map<Receipt, Target> end(Duration within) throws InterruptedException {
        if (isBusy) {
            return Map.of();
        }
        try {
            return last.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Map.of();
        } catch (ExecutionException e) {
            LOG.error("Receipts: failed to find {} records", target.name(), e.getCause());
            return Map.of();
        }
    }

    private Map<Receipt, Target> find(List<ConsumerRecord<byte[], byte[]>> arrived) {
        Map<Receipt, Target> found = new HashMap<>();
        Map<TopicPartition, List<RecordTarget.Range>> expired = new HashMap<>();
        String failure = null;
        int defects = 0;
        for (ConsumerRecord<byte[], byte[]> each : arrived) {
            TopicPartition partition = new TopicPartition(each.topic(), each.partition());
            Receipt receipt = new Receipt(partition, each.offset());
            if (failure == null) {
                try {
                    found.put(receipt, find(each, receipt, expired));
                } catch (IOException e) {
                    failure = Causes.inShort(e);
                } catch (InterruptException e) {
                    throw e;
                } catch (RuntimeException | LinkageError | AssertionError e) { // other records may be found
                    if (defects++ == 0) {
                        LOG.error("Receipts: failed to find {} record {}", target.name(), receipt, e);
                    }
                    found.put(receipt, unknown(target.name(), "the search failed: " + Causes.inShort(e)));
                }
            }
            if (failure != null) {
                found.put(receipt, unknown(target.name(), failure));
            }
        }
        return found;
    }

    /**
     * Finds one record. Reads the expired ranges of a partition once, since all records of the lookup arrived before.
     */
    private Target find(
            ConsumerRecord<byte[], byte[]> arrived,
            Receipt receipt,
            Map<TopicPartition, List<RecordTarget.Range>> expired)
            throws IOException {
        Optional<Map<String, Object>> found = target.find(arrived);
        if (found.isPresent()) {
            return new Target(Progress.ARRIVED, Collections.unmodifiableMap(found.get()));
        }
        if (!expired.containsKey(receipt.partition())) {
            expired.put(receipt.partition(), target.expired(receipt.partition()));
        }
        boolean isExpired = expired.get(receipt.partition()).stream()
                .anyMatch(range -> range.first() <= receipt.offset() && receipt.offset() <= range.last());
        return isExpired
                ? Target.of(Progress.EXPIRED)
                : unknown(target.name(), "the record was not found: Kafka or the target has deleted it");
    }

    /** Returns the state of a record that has arrived at an unknown location. */
    static Target unknown(String target, String problem) {
        Map<String, Object> fields = new LinkedHashMap<>();
        FIELDS.getOrDefault(target, List.of()).forEach(field -> fields.put(field, null));
        fields.put(ReceiptState.PROBLEM, problem);
        return new Target(Progress.ARRIVED, fields);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
