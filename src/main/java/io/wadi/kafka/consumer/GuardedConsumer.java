package io.wadi.kafka.consumer;

import io.wadi.kafka.Causes;
import io.wadi.kafka.records.PollLimit;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka consumer that ignores seeks by its callers and treats their commits as requests, so that camel-kafka's
 * settings for errors, offsets and commits cannot lose a record. Only the subclass determines positions and commits.
 */
abstract class GuardedConsumer extends KafkaConsumer<Object, Object> implements PartitionClient {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedConsumer.class);

    private final PollLimit limit;
    private final OffsetCommits commits = new OffsetCommits(super::commitSync, this::exists, System::nanoTime);

    GuardedConsumer(Properties properties, Deserializer<?> values) {
        this(properties, values, PollLimit.ofHeap());
    }

    private GuardedConsumer(Properties properties, Deserializer<?> values, PollLimit limit) {
        super(properties, limit.limited(new ByteArrayDeserializer()), limit.limited(values));
        this.limit = limit;
    }

    @Override
    public final ConsumerRecords<Object, Object> reallyPoll(Duration timeout) {
        limit.begin();
        return super.poll(timeout);
    }

    @Override
    public final void reallySeek(TopicPartition partition, long offset) {
        super.seek(partition, offset);
    }

    @Override
    public final void reallySeekLater(Collection<TopicPartition> partitions, boolean toEnd) {
        if (toEnd) {
            super.seekToEnd(partitions);
        } else {
            super.seekToBeginning(partitions);
        }
    }

    @Override
    public final void reallyPause(Collection<TopicPartition> partitions) {
        super.pause(partitions);
    }

    @Override
    public final void reallyResume(Collection<TopicPartition> partitions) {
        super.resume(partitions);
    }

    /**
     * The position is known once a fetch has returned the lag, except while the client validates it after a change of
     * the leader.
     */
    @Override
    public final OptionalLong knownPosition(TopicPartition partition) {
        if (super.currentLag(partition).isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(super.position(partition, Duration.ZERO));
        } catch (TimeoutException e) {
            return OptionalLong.empty();
        }
    }

    private boolean exists(String topic) {
        return !super.partitionsFor(topic, OffsetCommits.FIRST_TIMEOUT).isEmpty();
    }

    @Override
    public final boolean reallyCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            commitDespiteWakeup(offsets);
            return true;
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (RebalanceInProgressException e) {
            LOG.debug("Offsets {}: commit deferred until after the rebalance", offsets);
            return false;
        } catch (KafkaException e) {
            LOG.warn("Offsets {}: commit failed, retrying with a later poll: {}", offsets, Causes.inShort(e));
            return false;
        }
    }

    /** Commits, and retries the commit once if a wakeup interrupts it: wakeups are meant to interrupt polls only. */
    private void commitDespiteWakeup(Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            commits.commit(offsets);
        } catch (WakeupException e) {
            commits.commit(offsets);
        }
    }

    @Override
    public final void seek(TopicPartition partition, long offset) {
        LOG.debug("Ignored seek to {}@{}", partition, offset);
    }

    @Override
    public final void seek(TopicPartition partition, OffsetAndMetadata offset) {
        LOG.debug("Ignored seek to {}@{}", partition, offset);
    }

    @Override
    public final void seekToBeginning(Collection<TopicPartition> partitions) {
        LOG.debug("Ignored seek to the beginning of {}", partitions);
    }

    @Override
    public final void seekToEnd(Collection<TopicPartition> partitions) {
        LOG.debug("Ignored seek to the end of {}", partitions);
    }

    /**
     * Requests a commit by the route.
     *
     * @param beforeNext whether to commit before the next record is delivered
     */
    abstract void requestCommit(Map<TopicPartition, OffsetAndMetadata> offsets, boolean beforeNext);

    @Override
    public final void commitSync() {
        throw unsupported("commitSync()");
    }

    @Override
    public final void commitSync(Duration timeout) {
        throw unsupported("commitSync(Duration)");
    }

    @Override
    public final void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        requestCommit(offsets, true);
    }

    @Override
    public final void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        requestCommit(offsets, true);
    }

    @Override
    public final void commitAsync() {
        throw unsupported("commitAsync()");
    }

    @Override
    public final void commitAsync(OffsetCommitCallback callback) {
        throw unsupported("commitAsync(OffsetCommitCallback)");
    }

    @Override
    public final void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
        if (callback != null) {
            throw unsupported("commitAsync with a callback");
        }
        requestCommit(offsets, false);
    }

    private static UnsupportedOperationException unsupported(String method) {
        return new UnsupportedOperationException(
                method + " is not supported: call commit() of the header CamelKafkaManualCommit");
    }
}
