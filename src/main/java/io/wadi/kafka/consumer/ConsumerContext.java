package io.wadi.kafka.consumer;

import io.wadi.kafka.producer.PollTransaction;
import io.wadi.kafka.producer.Transactions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The components of one consumer, used on its thread.
 *
 * @param requests the commits that the route requests; null if the route does not commit offsets itself
 */
record ConsumerContext(
        PartitionClient client,
        OwnedPartitions owned,
        RouteSends sends,
        InFlightBatch inFlight,
        PauseController pauses,
        ConsumerMonitor monitor,
        SinkCommitter sinks,
        PositionReset positions,
        RecordDispatcher dispatcher,
        CommitRequests requests)
        implements AutoCloseable {

    /**
     * Creates the components.
     *
     * @param deliveryTimeout the limit of {@link InFlightBatch}
     * @param nanoTime the clock for the delivery and the intervals of commits
     */
    static ConsumerContext of(
            PartitionClient client, FlowConsumer.Config config, Duration deliveryTimeout, LongSupplier nanoTime) {
        CommitRequests requests = config.manualCommits() ? new CommitRequests() : null;
        OwnedPartitions owned = new OwnedPartitions(client, config.states(), config.meters(), requests);
        RouteSends sends = new RouteSends(
                client,
                owned,
                config.acknowledgeWithin(),
                new CommitTimer(nanoTime),
                config.exactlyOnce() ? new PollTransaction(config.transactionalProducer()) : null);
        InFlightBatch inFlight = new InFlightBatch(owned, sends, deliveryTimeout, nanoTime);
        PauseController pauses = new PauseController(client, owned);
        SinkCommitter sinks = new SinkCommitter(
                client,
                inFlight,
                config.meters(),
                new Transactions(config.transactionalProducer(), nanoTime),
                new SinkCommitter.Options(config.partitions().isEmpty(), refusedWithSinks(config)));
        RecordBatching batching = new RecordBatching(config.handover(), sinks::operations);
        return new ConsumerContext(
                client,
                owned,
                sends,
                inFlight,
                pauses,
                new ConsumerMonitor(client, owned, pauses, config),
                sinks,
                new PositionReset(client, config.handover(), config.reset(), config.states(), owned, nanoTime),
                new RecordDispatcher(client, owned, inFlight, sends, batching, config.meters()),
                requests);
    }

    private static Optional<String> refusedWithSinks(FlowConsumer.Config config) {
        if (config.exactlyOnce()) {
            return Optional.of("wadi.transactional=true");
        }
        return config.manualCommits() ? Optional.of("allowManualCommit=true") : Optional.empty();
    }

    /** Releases the partitions, aborts the open transaction, and closes the producers. */
    @Override
    public void close() {
        owned.close();
        sinks.close();
        sends.close();
    }
}
