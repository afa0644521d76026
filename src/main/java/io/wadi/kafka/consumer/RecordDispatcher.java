package io.wadi.kafka.consumer;

import io.wadi.kafka.partitions.PartitionMeters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * A selector of the records of a poll that camel-kafka delivers to the route. A transactional consumer delivers
 * isolated retries alone, each in its own transaction, and fetches all other records again. Used on the consumer's
 * thread only.
 */
record RecordDispatcher(
        PartitionClient client,
        OwnedPartitions owned,
        InFlightBatch inFlight,
        RouteSends sends,
        RecordBatching batching,
        PartitionMeters meters) {
    /**
     * The polled records of a partition.
     *
     * @param next the offset after these records, and after aborted and other invisible ones that follow
     */
    private record Polled(List<ConsumerRecord<Object, Object>> records, long next) {
        /** Returns the first records. */
        Polled first(int count) {
            return count == records.size()
                    ? this
                    : new Polled(records.subList(0, count), records.get(count).offset());
        }
    }

    /** Returns the records or batches to deliver. */
    ConsumerRecords<Object, Object> dispatch(ConsumerRecords<Object, Object> polled) {
        if (polled.isEmpty()) {
            return polled;
        }
        if (owned.anyHasFailed() || sends.isInDoubt()) {
            return fetchAgain(polled);
        }
        inFlight.polled();
        Map<OwnedPartition, Polled> ready = new LinkedHashMap<>();
        for (TopicPartition each : polled.partitions()) {
            OwnedPartition partition = owned.of(each);
            if (!seekIfRewound(partition)) {
                ready.put(
                        partition,
                        new Polled(
                                polled.records(each),
                                polled.nextOffsets().get(each).offset()));
            }
        }
        return sends.isTransactional() ? dispatchInTransaction(ready) : dispatchAll(ready);
    }

    private ConsumerRecords<Object, Object> dispatchAll(Map<OwnedPartition, Polled> ready) {
        Map<TopicPartition, List<ConsumerRecord<Object, Object>>> deliveries = new LinkedHashMap<>();
        ready.forEach((partition, polled) ->
                deliveries.put(partition.partition(), deliver(partition, polled, this::commitIfDue)));
        return new ConsumerRecords<>(deliveries, Map.of());
    }

    private ConsumerRecords<Object, Object> dispatchInTransaction(Map<OwnedPartition, Polled> ready) {
        for (Map.Entry<OwnedPartition, Polled> each : ready.entrySet()) {
            if (each.getKey().isolated().countWithin(each.getValue().records()) > 0) {
                return dispatchIsolated(ready, each.getKey());
            }
        }
        ready.replaceAll(this::beforeIsolated);
        return dispatchAll(ready);
    }

    /** Returns the records before the first isolated retry; the others are fetched again. */
    private Polled beforeIsolated(OwnedPartition partition, Polled polled) {
        int count = partition.isolated().countBefore(polled.records());
        Polled before = polled.first(count);
        if (count < polled.records().size()) {
            client.reallySeek(partition.partition(), before.next());
        }
        return before;
    }

    /**
     * Seeks back to the polled records and delivers none of them. This is necessary while the outcome of the last
     * transaction is unknown, and if sends failed in a rebalance within the poll: until the rewind, new sends would be
     * undone together with the failed ones.
     */
    private ConsumerRecords<Object, Object> fetchAgain(ConsumerRecords<Object, Object> polled) {
        polled.partitions()
                .forEach(each ->
                        client.reallySeek(each, polled.records(each).get(0).offset()));
        return ConsumerRecords.empty();
    }

    /** Seeks back to records that a rebalance within the poll has undone. Returns whether a seek was necessary. */
    private boolean seekIfRewound(OwnedPartition partition) {
        long offset = partition.seekTo();
        if (offset == OwnedPartition.NONE) {
            return false;
        }
        client.reallySeek(partition.partition(), offset);
        return true;
    }

    private ConsumerRecords<Object, Object> dispatchIsolated(
            Map<OwnedPartition, Polled> ready, OwnedPartition partition) {
        ready.forEach((each, polled) ->
                client.reallySeek(each.partition(), polled.records().get(0).offset()));
        if (sends.isOpen()) {
            sends.expedite();
            return ConsumerRecords.empty();
        }
        Polled polled = ready.get(partition);
        Polled isolated = polled.first(partition.isolated().countWithin(polled.records()));
        client.reallySeek(partition.partition(), isolated.next());
        return new ConsumerRecords<>(
                Map.of(partition.partition(), deliver(partition, isolated, this::endTransaction)), Map.of());
    }

    private void commitIfDue() {
        if (owned.isCommitDue()) {
            sends.settleNow();
            sends.commitOffsets(owned.all());
        }
    }

    private void endTransaction() {
        if (sends.isOpen()) {
            sends.settleNow();
        }
    }

    private List<ConsumerRecord<Object, Object>> deliver(OwnedPartition partition, Polled polled, Runnable afterEach) {
        List<ConsumerRecord<Object, Object>> records = polled.records();
        long last = records.get(records.size() - 1).offset();
        long from = partition.fetched(records.get(0).offset(), last, polled.next());
        meters.delivered(partition.partition(), records);
        return inFlight.deliver(partition, batching.batch(partition, from, records), afterEach);
    }
}
