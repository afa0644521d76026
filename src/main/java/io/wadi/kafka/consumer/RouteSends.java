package io.wadi.kafka.consumer;

import io.wadi.kafka.Causes;
import io.wadi.kafka.RecordDelivery.DirectSend;
import io.wadi.kafka.producer.Acknowledgements;
import io.wadi.kafka.producer.PollTransaction;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sends of a route on its consumer's thread, until they are acknowledged or committed (when {@link CommitTimer} is
 * due) or aborted; see {@link FlowConsumer}. Used on the consumer's thread, except for {@link
 * #expediteAcknowledgements}.
 */
final class RouteSends implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouteSends.class);

    private final PartitionClient client;
    private final OwnedPartitions owned;
    private final Duration acknowledgeWithin;
    private final Acknowledgements acknowledgements = new Acknowledgements();
    private final CommitTimer timer;

    /** Null without exactly-once. */
    private final PollTransaction transaction;

    /** The offsets of a transaction with an unknown outcome. */
    private final Map<TopicPartition, OffsetAndMetadata> inDoubt = new HashMap<>();

    /**
     * Creates an instance without sends.
     *
     * @param transaction the transaction for exactly-once; null without exactly-once
     */
    RouteSends(
            PartitionClient client,
            OwnedPartitions owned,
            Duration acknowledgeWithin,
            CommitTimer timer,
            PollTransaction transaction) {
        this.client = client;
        this.owned = owned;
        this.acknowledgeWithin = acknowledgeWithin;
        this.timer = timer;
        this.transaction = transaction;
    }

    boolean isTransactional() {
        return transaction != null;
    }

    boolean isOpen() {
        return transaction != null && transaction.isOpen();
    }

    /**
     * Sends an output of a record: in the transaction, if there is one; directly, if the partition has a sink, which
     * may publish at any time, or if the record is retried in isolation. Otherwise the acknowledgement is awaited
     * together with those of other sends.
     *
     * @param onAbort called if a rejected send aborts a transaction that includes other records
     */
    Future<RecordMetadata> send(
            ConsumerRecord<Object, Object> origin,
            ProducerRecord<Object, Object> sent,
            Callback callback,
            DirectSend direct,
            Runnable onAbort) {
        OwnedPartition partition = owned.of(origin);
        if (transaction == null && (partition.sink() != null || partition.isIsolated())) {
            return direct.send(sent, callback);
        }
        timer.begin();
        if (transaction == null) {
            return acknowledgements.send(sent, callback, direct);
        }
        boolean isIsolated = partition.isIsolated();
        Future<RecordMetadata> result = transaction.send(sent, callback, isIsolated);
        if (transaction.rejection() != null && !isIsolated) {
            partition.completed(origin, transaction.rejection());
            onAbort.run();
        }
        return result;
    }

    /** Makes the next {@link #settle} await acknowledgements or commit, even if that is not due. */
    void expedite() {
        timer.expedite();
    }

    /** Returns the time until the next commit is due, at most {@code max}. */
    Duration timeToCommit(Duration max) {
        return timer.remaining(max);
    }

    /** Shortens all waits for acknowledgements from now on. Thread-safe. */
    void expediteAcknowledgements() {
        acknowledgements.expedite();
    }

    /**
     * Awaits the acknowledgements of the sends, or commits the transaction, if that is due or a failure occurred.
     * Returns false if this is left to a later call, after which the offsets are committed, too.
     */
    boolean settle() {
        boolean isSettled = settleSends();
        resolve();
        return isSettled;
    }

    private boolean settleSends() {
        boolean hasFailed = acknowledgements.hasFailed() || owned.anyHasFailed();
        if (timer.canWait() && !hasFailed) {
            return false;
        }
        timer.end();
        if (transaction == null) {
            acknowledgedUnless(acknowledgements.await(acknowledgeWithin));
        } else {
            settleTransaction(hasFailed);
        }
        return true;
    }

    void settleNow() {
        timer.expedite();
        settle();
    }

    private void settleTransaction(boolean hasFailed) {
        if (transaction.isOpen() && hasFailed) {
            abort();
        } else if (transaction.rejection() != null) {
            // The record was isolated, and its route handled the rejection.
            transaction.abort();
            acknowledgedUnless(null);
        } else if (!transaction.isOpen()) {
            acknowledgedUnless(null);
        } else {
            commit();
        }
    }

    private void commit() {
        Map<TopicPartition, OffsetAndMetadata> offsets = OwnedPartitions.toCommit(owned.all());
        Exception failure = transaction.commit(offsets, client.groupMetadata());
        if (transaction.isInDoubt()) {
            inDoubt.putAll(offsets);
        }
        acknowledgedUnless(failure);
        if (failure == null) {
            owned.committed(offsets);
        }
    }

    /**
     * Returns whether the outcome of the last transaction is unknown. Until it is known, records may neither be
     * delivered again nor be committed outside of a transaction, because they could be processed twice.
     */
    boolean isInDoubt() {
        return !inDoubt.isEmpty();
    }

    /** Reads from Kafka whether the transaction in doubt was committed. */
    private void resolve() {
        if (!isInDoubt()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            committed = client.committed(Set.copyOf(inDoubt.keySet()), PartitionClient.RESPONSE_TIMEOUT);
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn("Offsets {}: unknown whether their transaction was committed: {}", inDoubt, Causes.inShort(e));
            return;
        }
        inDoubt.forEach((partition, offset) -> {
            OffsetAndMetadata found = committed.get(partition);
            if (found != null && found.offset() >= offset.offset()) {
                owned.of(partition).committedAfterAll(offset.offset());
            }
        });
        inDoubt.clear();
    }

    /**
     * Stops tracking the outcome for released partitions: Kafka makes their next owner wait for the outcome of the
     * transaction.
     */
    void released(Collection<TopicPartition> partitions) {
        inDoubt.keySet().removeAll(partitions);
    }

    /** Commits offsets outside of transactions. */
    void commitOffsets(Collection<OwnedPartition> which) {
        if (!isInDoubt()) {
            owned.commit(which);
        }
    }

    private void acknowledgedUnless(Exception failure) {
        for (OwnedPartition partition : owned.all()) {
            if (failure == null) {
                partition.acknowledged();
            } else {
                partition.takeBack(failure);
            }
        }
    }

    /** Aborts the open transaction and reverts its records. */
    void abort() {
        transaction.abort();
        owned.all().forEach(OwnedPartition::undo);
    }

    @Override
    public void close() {
        if (transaction != null) {
            transaction.close();
        }
    }
}
