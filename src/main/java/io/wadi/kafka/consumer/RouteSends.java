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
 * What a route sends to Kafka on its consumer's thread, until it is acknowledged or committed ({@link CommitTimer} says when) or
 * taken back: see {@link FlowConsumer}. Used on the consumer's thread, but for {@link #hurry}.
 */
final class RouteSends implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouteSends.class);

    private final PartitionClient client;
    private final OwnedPartitions owned;
    private final Duration acknowledgeWithin;
    private final Acknowledgements acknowledgements = new Acknowledgements();
    private final CommitTimer timer;

    /** Where all of it is to be exactly once; else null. */
    private final PollTransaction transaction;

    /** The offsets of a transaction of which it is not known whether Kafka has committed it. */
    private final Map<TopicPartition, OffsetAndMetadata> inDoubt = new HashMap<>();

    /**
     * Takes who commits, and the partitions whose records lead to sends.
     *
     * @param acknowledgeWithin how long acknowledgements are awaited
     * @param timer when sends are brought to their end
     * @param transaction where what is sent is to be one with the offsets of the records it comes from; else null
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

    /** Whether something was sent in a transaction that is neither committed nor taken back. */
    boolean isOpen() {
        return transaction != null && transaction.isOpen();
    }

    /**
     * Sends what a record leads to: in the transaction; or counted, so that its acknowledgement is awaited with all others; or
     * directly, where a sink may publish what it holds at any time and where the record is retried in isolation.
     *
     * @param spoiled called where a refusal spoils more than what this record leads to
     */
    Future<RecordMetadata> send(
            ConsumerRecord<Object, Object> origin,
            ProducerRecord<Object, Object> sent,
            Callback callback,
            DirectSend direct,
            Runnable spoiled) {
        OwnedPartition partition = owned.of(origin);
        if (transaction == null && (partition.sink() != null || partition.isIsolated())) {
            return direct.send(sent, callback);
        }
        timer.begin();
        if (transaction == null) {
            return acknowledgements.send(sent, callback, direct);
        }
        boolean isAlone = partition.isIsolated();
        Future<RecordMetadata> answer = transaction.send(sent, callback, isAlone);
        if (transaction.refusal() != null && !isAlone) {
            partition.ended(origin, transaction.refusal());
            spoiled.run();
        }
        return answer;
    }

    /** What was sent is to be brought to its end with the next {@link #settle}. */
    void endSoon() {
        timer.hurry();
    }

    /** For how long nothing need be settled, at most {@code longest}. */
    Duration within(Duration longest) {
        return timer.within(longest);
    }

    /** Lets no wait for an acknowledgement take long from now on. Thread-safe. */
    void hurry() {
        acknowledgements.hurry();
    }

    /**
     * Brings what was sent to its end, where that is due or something has failed; false where it is left to a later call, and the
     * offsets with it.
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

    /** The same at once. */
    void settleNow() {
        timer.hurry();
        settle();
    }

    private void settleTransaction(boolean hasFailed) {
        if (transaction.isOpen() && hasFailed) {
            takeBack();
        } else if (transaction.refusal() != null) {
            // Its record was alone, and its route takes the refusal for the end of it.
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
     * Whether it is not known if the last transaction was committed. Until it is, nothing may be delivered again, or committed
     * otherwise: it could be done twice.
     */
    boolean isInDoubt() {
        return !inDoubt.isEmpty();
    }

    /** Has Kafka tell whether the transaction in doubt was committed, which it does once it knows. */
    private void resolve() {
        if (!isInDoubt()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            committed = client.committed(Set.copyOf(inDoubt.keySet()), PartitionClient.ANSWER_WITHIN);
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn("Whether {} were committed is not known yet: {}", inDoubt, Causes.inShort(e));
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

    /** These are not owned any more: their next owner waits until Kafka knows. */
    void forget(Collection<TopicPartition> partitions) {
        inDoubt.keySet().removeAll(partitions);
    }

    /** Commits the offsets of these outside of transactions. */
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

    /** Takes back the transaction that is open, and what was done in it. */
    void takeBack() {
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
