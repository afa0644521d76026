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
    /** Returns the records or batches to deliver. */
    ConsumerRecords<Object, Object> dispatch(ConsumerRecords<Object, Object> polled) {
        if (polled.isEmpty()) {
            return polled;
        }
        if (owned.anyHasFailed() || sends.isInDoubt()) {
            return fetchAgain(polled);
        }
        inFlight.polled();
        Map<OwnedPartition, List<ConsumerRecord<Object, Object>>> ready = new LinkedHashMap<>();
        for (TopicPartition each : polled.partitions()) {
            OwnedPartition partition = owned.of(each);
            if (!seekIfRewound(partition)) {
                ready.put(partition, polled.records(each));
            }
        }
        return sends.isTransactional() ? dispatchInTransaction(ready) : dispatchAll(ready);
    }

    private ConsumerRecords<Object, Object> dispatchAll(
            Map<OwnedPartition, List<ConsumerRecord<Object, Object>>> ready) {
        Map<TopicPartition, List<ConsumerRecord<Object, Object>>> deliveries = new LinkedHashMap<>();
        ready.forEach((partition, records) -> deliveries.put(
                partition.partition(),
                deliver(partition, records, client.position(partition.partition()), this::commitIfDue)));
        return new ConsumerRecords<>(deliveries, Map.of());
    }

    private ConsumerRecords<Object, Object> dispatchInTransaction(
            Map<OwnedPartition, List<ConsumerRecord<Object, Object>>> ready) {
        for (Map.Entry<OwnedPartition, List<ConsumerRecord<Object, Object>>> each : ready.entrySet()) {
            if (each.getKey().isolated().countWithin(each.getValue()) > 0) {
                return dispatchIsolated(ready, each.getKey());
            }
        }
        ready.replaceAll(this::beforeIsolated);
        return dispatchAll(ready);
    }

    /** Returns the records before the first isolated retry; the others are fetched again. */
    private List<ConsumerRecord<Object, Object>> beforeIsolated(
            OwnedPartition partition, List<ConsumerRecord<Object, Object>> records) {
        int before = partition.isolated().countBefore(records);
        if (before == records.size()) {
            return records;
        }
        client.reallySeek(partition.partition(), records.get(before).offset());
        return records.subList(0, before);
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
            Map<OwnedPartition, List<ConsumerRecord<Object, Object>>> ready, OwnedPartition partition) {
        ready.forEach((each, records) ->
                client.reallySeek(each.partition(), records.get(0).offset()));
        if (sends.isOpen()) {
            sends.expedite();
            return ConsumerRecords.empty();
        }
        List<ConsumerRecord<Object, Object>> records = ready.get(partition);
        List<ConsumerRecord<Object, Object>> isolated =
                records.subList(0, partition.isolated().countWithin(records));
        long next = isolated.get(isolated.size() - 1).offset() + 1;
        client.reallySeek(partition.partition(), next);
        return new ConsumerRecords<>(
                Map.of(partition.partition(), deliver(partition, isolated, next, this::endTransaction)), Map.of());
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

    private List<ConsumerRecord<Object, Object>> deliver(
            OwnedPartition partition, List<ConsumerRecord<Object, Object>> records, long next, Runnable afterEach) {
        long last = records.get(records.size() - 1).offset();
        long from = partition.fetched(records.get(0).offset(), last, next);
        meters.delivered(partition.partition(), records);
        return inFlight.deliver(partition, batching.batch(partition, from, records), afterEach);
    }
}
