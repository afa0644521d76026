package io.wadi.kafka.consumer;

import io.wadi.kafka.Causes;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka consumer that ignores seeks and commits from outside: camel-kafka's settings for errors, offsets and commits then
 * cannot lose a record. Only its subclass knows where to read on and what is done.
 */
abstract class GuardedConsumer extends KafkaConsumer<Object, Object> implements PartitionClient {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedConsumer.class);

    GuardedConsumer(Properties properties) {
        super(properties);
    }

    @Override
    public final ConsumerRecords<Object, Object> reallyPoll(Duration timeout) {
        return super.poll(timeout);
    }

    @Override
    public final void reallySeek(TopicPartition partition, long offset) {
        super.seek(partition, offset);
    }

    @Override
    public final void reallyPause(Collection<TopicPartition> partitions) {
        super.pause(partitions);
    }

    @Override
    public final void reallyResume(Collection<TopicPartition> partitions) {
        super.resume(partitions);
    }

    @Override
    public final boolean reallyCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            commitInSpiteOfWakeup(offsets);
            return true;
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (RebalanceInProgressException e) {
            LOG.debug("Offsets {} are committed after the rebalance", offsets);
            return false;
        } catch (KafkaException e) {
            LOG.warn("Offsets {} were not committed yet: {}", offsets, Causes.inShort(e));
            return false;
        }
    }

    /** A wake-up is for polls; what is done is committed all the same. */
    private void commitInSpiteOfWakeup(Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            super.commitSync(offsets, ANSWER_WITHIN);
        } catch (WakeupException e) {
            super.commitSync(offsets, ANSWER_WITHIN);
        }
    }

    /** Ignored. */
    @Override
    public final void seek(TopicPartition partition, long offset) {
        LOG.debug("Seek to {}@{} ignored", partition, offset);
    }

    /** Ignored. */
    @Override
    public final void seek(TopicPartition partition, OffsetAndMetadata offset) {
        LOG.debug("Seek to {}@{} ignored", partition, offset);
    }

    /** Ignored. */
    @Override
    public final void seekToBeginning(Collection<TopicPartition> partitions) {
        LOG.debug("Seek to the beginning of {} ignored", partitions);
    }

    /** Ignored. */
    @Override
    public final void seekToEnd(Collection<TopicPartition> partitions) {
        LOG.debug("Seek to the end of {} ignored", partitions);
    }

    /** Ignored. */
    @Override
    public final void commitSync() {
        LOG.debug("Commit ignored");
    }

    /** Ignored. */
    @Override
    public final void commitSync(Duration timeout) {
        LOG.debug("Commit ignored");
    }

    /** Ignored. */
    @Override
    public final void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        LOG.debug("Commit of {} ignored", offsets);
    }

    /** Ignored. */
    @Override
    public final void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        LOG.debug("Commit of {} ignored", offsets);
    }

    /** Ignored. */
    @Override
    public final void commitAsync() {
        LOG.debug("Commit ignored");
    }

    /** Ignored; the callback is not called. */
    @Override
    public final void commitAsync(OffsetCommitCallback callback) {
        LOG.debug("Commit ignored");
    }

    /** Ignored; the callback is not called. */
    @Override
    public final void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
        LOG.debug("Commit of {} ignored", offsets);
    }
}
