package io.wadi.ingest.receipts;

import io.wadi.kafka.records.HeldBytes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The records of a search that are in memory at a time. Not thread-safe. */
final class RecordChunk {
    private static final int MAX_RECORDS = 500;
    private static final long MAX_BYTES = 4 << 20;

    private final Map<Receipt, ConsumerRecord<byte[], byte[]>> records = new LinkedHashMap<>();
    private long bytes;

    void add(Receipt receipt, ConsumerRecord<byte[], byte[]> read) {
        records.put(receipt, read);
        bytes += HeldBytes.length(read.value()) + HeldBytes.of(read.key(), read.headers());
    }

    /** Returns whether a limit is reached, so that the records must be processed before more are added. */
    boolean isFull() {
        return records.size() >= MAX_RECORDS || bytes >= MAX_BYTES;
    }

    boolean contains(Receipt receipt) {
        return records.containsKey(receipt);
    }

    Set<Receipt> receipts() {
        return records.keySet();
    }

    ConsumerRecord<byte[], byte[]> get(Receipt receipt) {
        return records.get(receipt);
    }

    void clear() {
        records.clear();
        bytes = 0;
    }
}
