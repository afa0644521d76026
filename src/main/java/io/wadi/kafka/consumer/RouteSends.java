package io.wadi.kafka.consumer;

import io.wadi.kafka.producer.Acknowledgements;
import io.wadi.kafka.producer.PollTransaction;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * What a route sends to Kafka on its consumer's thread, until it is acknowledged or committed ({@link CommitTimer} says when) or
 * taken back: see {@link FlowConsumer}. Used on the consumer's thread, but for {@link #hurry}.
 */
final class RouteSends implements AutoCloseable {
    private final OwnedPartitions owned;
    private final Duration acknowledgeWithin;
    private final Acknowledgements sends = new Acknowledgements();
    private final CommitTimer timer = new CommitTimer();

    /** Where all of it is to be exactly once; else null. */
    private final PollTransaction transaction;

    /**
     * Takes the partitions whose records lead to sends.
     *
     * @param acknowledgeWithin how long sends are waited for
     * @param transaction where what is sent is to be one with the offsets of the records it comes from; else null
     */
    RouteSends(OwnedPartitions owned, Duration acknowledgeWithin, PollTransaction transaction) {
        this.owned = owned;
        this.acknowledgeWithin = acknowledgeWithin;
        this.transaction = transaction;
    }

    boolean isTransactional() {
        return transaction != null;
    }

    /** Whether something was sent in a transaction that is neither committed nor taken back. */
    boolean isOpen() {
        return transaction != null && transaction.isOpen();
    }

    /** Where a send that this record leads to is to be counted instead of waited for, or null. */
    Acknowledgements counting(ConsumerRecord<Object, Object> origin) {
        PartitionProgress progress = owned.of(origin);
        if (progress.sink() != null || progress.isCareful()) {
            return null;
        }
        timer.begin();
        return sends;
    }

    /**
     * Sends what a record leads to, as a part of the transaction.
     *
     * @param refused is told of a refusal that spoils more than what this record leads to
     */
    Future<RecordMetadata> sendInTransaction(
            ConsumerRecord<Object, Object> origin,
            ProducerRecord<Object, Object> sent,
            Callback callback,
            BiConsumer<PartitionProgress, Exception> refused) {
        PartitionProgress progress = owned.of(origin);
        boolean isAlone = progress.isCareful();
        timer.begin();
        Future<RecordMetadata> answer = transaction.send(sent, callback, isAlone);
        if (transaction.refusal() != null && !isAlone) {
            refused.accept(progress, transaction.refusal());
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
        sends.hurry();
    }

    /**
     * Brings what was sent to its end, where that is due or something has failed; false where it is left to a later call, and the
     * offsets with it.
     *
     * @param group who commits
     */
    boolean settle(Supplier<ConsumerGroupMetadata> group) {
        boolean hasFailed = sends.hasFailed() || owned.anyHasFailed();
        if (timer.canWait() && !hasFailed) {
            return false;
        }
        timer.end();
        if (transaction == null) {
            acknowledgedUnless(sends.await(acknowledgeWithin));
        } else {
            settleTransaction(hasFailed, group);
        }
        return true;
    }

    private void settleTransaction(boolean hasFailed, Supplier<ConsumerGroupMetadata> group) {
        if (transaction.isOpen() && hasFailed) {
            takeBack();
        } else if (transaction.refusal() != null) {
            // Its record was alone, and its route takes the refusal for the end of it.
            transaction.abort();
            acknowledgedUnless(null);
        } else if (!transaction.isOpen()) {
            acknowledgedUnless(null);
        } else {
            commit(group.get());
        }
    }

    private void commit(ConsumerGroupMetadata group) {
        Map<TopicPartition, OffsetAndMetadata> offsets = OwnedPartitions.toCommit(owned.all());
        Exception failure = transaction.commit(offsets, group);
        acknowledgedUnless(failure);
        if (failure == null) {
            owned.committed(offsets);
        }
    }

    private void acknowledgedUnless(Exception failure) {
        for (PartitionProgress progress : owned.all()) {
            if (failure == null) {
                progress.acknowledged();
            } else {
                progress.takeBack(failure);
            }
        }
    }

    /** Takes back the transaction that is open, and what was done in it. */
    void takeBack() {
        transaction.abort();
        owned.all().forEach(PartitionProgress::undo);
    }

    @Override
    public void close() {
        if (transaction != null) {
            transaction.close();
        }
    }
}
