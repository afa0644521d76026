package io.wadi.kafka.consumer;

import io.wadi.kafka.producer.PollTransaction;
import io.wadi.kafka.producer.Transaction;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What one consumer is made of. All parts are for its thread.
 *
 * @param client Kafka's side of it
 * @param owned the partitions that it owns
 * @param sends what its route sends to Kafka
 * @param inFlight the record or run that is being delivered
 * @param pauses which partitions are paused
 * @param monitor what is reported of it
 * @param sinks what sinks ask of it
 * @param positions where it reads where Kafka cannot tell
 * @param dispatcher what it delivers of a poll's records
 */
record ConsumerContext(
        PartitionClient client,
        OwnedPartitions owned,
        RouteSends sends,
        InFlightBatch inFlight,
        PauseController pauses,
        ConsumerMonitor monitor,
        SinkCommitter sinks,
        ReadingPositions positions,
        RecordDispatcher dispatcher)
        implements AutoCloseable {

    /**
     * Makes the parts of a consumer.
     *
     * @param longest how long records may be delivered after a poll, and how long the end of an exchange is awaited
     * @param nanoTime the clock of commits
     */
    static ConsumerContext of(PartitionClient client, FlowConsumer.Plan plan, Duration longest, LongSupplier nanoTime) {
        OwnedPartitions owned = new OwnedPartitions(client, plan.states(), plan.meters());
        RouteSends sends = new RouteSends(
                client,
                owned,
                plan.acknowledgeWithin(),
                new CommitTimer(nanoTime),
                plan.exactlyOnce() ? new PollTransaction(plan.transactionalProducer()) : null);
        InFlightBatch inFlight = new InFlightBatch(owned, sends, longest);
        PauseController pauses = new PauseController(client, owned);
        SinkCommitter sinks = new SinkCommitter(
                client,
                inFlight,
                plan.meters(),
                new Transaction(plan.transactionalProducer()),
                new SinkCommitter.Terms(plan.partitions().isEmpty(), !plan.exactlyOnce()));
        RecordBatching packing = new RecordBatching(plan.handover(), sinks::claims);
        return new ConsumerContext(
                client,
                owned,
                sends,
                inFlight,
                pauses,
                new ConsumerMonitor(client, owned, pauses, plan),
                sinks,
                new ReadingPositions(client, plan.handover(), plan.reset(), plan.states(), owned),
                new RecordDispatcher(client, owned, inFlight, sends, packing, plan.meters()));
    }

    /** Drops what is owned, takes back what was sent and is not committed, and closes the producers. */
    @Override
    public void close() {
        owned.close();
        sinks.close();
        sends.close();
    }
}
