package io.wadi.kafka.consumer;

import io.wadi.kafka.partitions.PartitionMeters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Makes of a poll's records what camel-kafka delivers to the route. In a transactional consumer, records that are retried in
 * isolation are delivered alone, each in a transaction of its own; all others are fetched again. Used on the consumer's
 * thread only.
 */
final class RecordDispatcher {
    private final PartitionClient client;
    private final OwnedPartitions owned;
    private final InFlightBatch inFlight;
    private final RouteSends sends;
    private final RecordBatching packing;
    private final PartitionMeters meters;

    RecordDispatcher(
            PartitionClient client,
            OwnedPartitions owned,
            InFlightBatch inFlight,
            RouteSends sends,
            RecordBatching packing,
            PartitionMeters meters) {
        this.client = client;
        this.owned = owned;
        this.inFlight = inFlight;
        this.sends = sends;
        this.packing = packing;
        this.meters = meters;
    }

    /** Returns what is delivered of these: records one by one, or runs. */
    ConsumerRecords<Object, Object> dispatch(ConsumerRecords<Object, Object> polled) {
        if (polled.isEmpty()) {
            return polled;
        }
        if (owned.anyHasFailed() || sends.isInDoubt()) {
            return nothingOf(polled);
        }
        inFlight.polled();
        Map<OwnedPartition, List<ConsumerRecord<Object, Object>>> ready = new LinkedHashMap<>();
        for (TopicPartition each : polled.partitions()) {
            OwnedPartition partition = owned.of(each);
            if (!isBehind(partition)) {
                ready.put(partition, polled.records(each));
            }
        }
        return sends.isTransactional() ? dispatchInTransaction(ready) : dispatchAll(ready);
    }

    private ConsumerRecords<Object, Object> dispatchAll(
            Map<OwnedPartition, List<ConsumerRecord<Object, Object>>> ready) {
        Map<TopicPartition, List<ConsumerRecord<Object, Object>>> deliveries = new LinkedHashMap<>();
        ready.forEach((partition, records) -> deliveries.put(
                partition.partition(), deliver(partition, records, client.position(partition.partition()), () -> {})));
        return new ConsumerRecords<>(deliveries);
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

    /** Those before the first that is retried in isolation; the others are fetched again. */
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
     * A rebalance within the poll has settled what was sent, and that failed. The failed partitions are rewound before the next
     * poll; until then, what others send would be taken back with them. So nothing is delivered, and neither while it is not
     * known whether the last transaction was committed.
     */
    private ConsumerRecords<Object, Object> nothingOf(ConsumerRecords<Object, Object> polled) {
        polled.partitions()
                .forEach(each ->
                        client.reallySeek(each, polled.records(each).get(0).offset()));
        return ConsumerRecords.empty();
    }

    /** Whether a rebalance within the poll has taken back records before these: they are fetched again first. */
    private boolean isBehind(OwnedPartition partition) {
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
            sends.endSoon();
            return ConsumerRecords.empty();
        }
        List<ConsumerRecord<Object, Object>> records = ready.get(partition);
        List<ConsumerRecord<Object, Object>> isolated =
                records.subList(0, partition.isolated().countWithin(records));
        long next = isolated.get(isolated.size() - 1).offset() + 1;
        client.reallySeek(partition.partition(), next);
        return new ConsumerRecords<>(
                Map.of(partition.partition(), deliver(partition, isolated, next, this::endTransaction)));
    }

    private void endTransaction() {
        if (sends.isOpen()) {
            sends.settleNow();
        }
    }

    private List<ConsumerRecord<Object, Object>> deliver(
            OwnedPartition partition, List<ConsumerRecord<Object, Object>> records, long next, Runnable between) {
        long last = records.get(records.size() - 1).offset();
        long from = partition.fetched(records.get(0).offset(), last, next);
        meters.read(partition.partition(), records);
        return inFlight.deliver(partition, packing.pack(partition, from, records), between);
    }
}
