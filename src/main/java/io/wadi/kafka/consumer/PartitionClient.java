package io.wadi.kafka.consumer;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** The methods of Kafka's consumer that the {@link FlowConsumer} itself uses, on the consumer's thread. */
interface PartitionClient {
    /** The timeout of requests that block the consumer. */
    Duration RESPONSE_TIMEOUT = Duration.ofSeconds(10);

    /** Polls once, as {@code KafkaConsumer.poll}: partitions are assigned and revoked within it. */
    ConsumerRecords<Object, Object> reallyPoll(Duration timeout);

    void reallySeek(TopicPartition partition, long offset);

    /** Sets the positions to the first or the end offsets, without waiting: each once its partition has a leader. */
    void reallySeekLater(Collection<TopicPartition> partitions, boolean toEnd);

    void reallyPause(Collection<TopicPartition> partitions);

    void reallyResume(Collection<TopicPartition> partitions);

    /**
     * Commits offsets for the group. Returns false if the commit failed for now: a later poll commits again, or the
     * next owner processes the records again. If the failure is permanent, the poll throws, too.
     */
    boolean reallyCommit(Map<TopicPartition, OffsetAndMetadata> offsets);

    Set<TopicPartition> assignment();

    /**
     * Returns the position without waiting for Kafka; empty if it is not known.
     *
     * @throws org.apache.kafka.clients.consumer.InvalidOffsetException as {@link #reallyPoll}
     */
    OptionalLong knownPosition(TopicPartition partition);

    List<PartitionInfo> partitionsFor(String topic, Duration timeout);

    Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions, Duration timeout);

    Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions, Duration timeout);

    Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration timeout);

    /** Returns the number of offsets after the position, as of the last fetch. */
    OptionalLong currentLag(TopicPartition partition);

    ConsumerGroupMetadata groupMetadata();
}
