package io.wadi.kafka.consumer;

import io.wadi.kafka.Causes;
import io.wadi.kafka.records.PollLimit;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
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
    private final Commits commits = new Commits(super::commitSync, this::exists, System::nanoTime);

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
        return !super.partitionsFor(topic, Commits.FIRST_TIMEOUT).isEmpty();
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

    /**
     * Commits that do not wait for deleted topics: Kafka's client repeats their commits until its timeout, and each
     * partition's in turn would exceed the time in which the consumer has to poll.
     */
    static final class Commits {
        /** The timeout after which the topics are looked up. */
        static final Duration FIRST_TIMEOUT = Duration.ofSeconds(1);

        private static final Duration MISSING_TTL = Duration.ofSeconds(5);

        private final BiConsumer<Map<TopicPartition, OffsetAndMetadata>, Duration> client;
        private final Predicate<String> exists;
        private final LongSupplier nanoTime;
        /** When topics were found missing, by {@code nanoTime}. */
        private final Map<String, Long> missing = new HashMap<>();

        /**
         * Creates an instance.
         *
         * @param client commits offsets within a timeout
         * @param exists looks up a topic
         */
        Commits(
                BiConsumer<Map<TopicPartition, OffsetAndMetadata>, Duration> client,
                Predicate<String> exists,
                LongSupplier nanoTime) {
            this.client = client;
            this.exists = exists;
            this.nanoTime = nanoTime;
        }

        /**
         * Commits the offsets of existing topics.
         *
         * @throws UnknownTopicOrPartitionException if other topics do not exist
         */
        void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
            long now = nanoTime.getAsLong();
            missing.values().removeIf(found -> now - found > MISSING_TTL.toNanos());
            Map<TopicPartition, OffsetAndMetadata> existing = existing(offsets);
            try {
                commit(existing, FIRST_TIMEOUT);
            } catch (TimeoutException e) {
                existing.keySet().stream()
                        .map(TopicPartition::topic)
                        .distinct()
                        .filter(exists.negate())
                        .forEach(topic -> missing.put(topic, nanoTime.getAsLong()));
                existing = existing(offsets);
                commit(existing, RESPONSE_TIMEOUT.minus(FIRST_TIMEOUT));
            }
            if (existing.size() < offsets.size()) {
                throw new UnknownTopicOrPartitionException("deleted topics: " + String.join(", ", missing.keySet()));
            }
        }

        private Map<TopicPartition, OffsetAndMetadata> existing(Map<TopicPartition, OffsetAndMetadata> offsets) {
            Map<TopicPartition, OffsetAndMetadata> existing = new HashMap<>(offsets);
            existing.keySet().removeIf(partition -> missing.containsKey(partition.topic()));
            return existing;
        }

        private void commit(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
            if (!offsets.isEmpty()) {
                client.accept(offsets, timeout);
            }
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
