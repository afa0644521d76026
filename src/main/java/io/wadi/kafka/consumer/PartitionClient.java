package io.wadi.kafka.consumer;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What a {@link FlowConsumer} asks of Kafka for the partitions that are assigned to it. For the consumer's thread. */
interface PartitionClient {
    /** How long Kafka's answer is awaited where nothing goes on without it. */
    Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    /** Polls once, as {@code KafkaConsumer.poll}: partitions are assigned and revoked within it. */
    ConsumerRecords<Object, Object> reallyPoll(Duration timeout);

    /** Has the next poll read a partition from this offset on. */
    void reallySeek(TopicPartition partition, long offset);

    /** Pauses partitions, whatever the route's state. */
    void reallyPause(Collection<TopicPartition> partitions);

    /** Resumes partitions, whatever the route's state. */
    void reallyResume(Collection<TopicPartition> partitions);

    /**
     * Commits offsets for the group. False where they could not be committed now. The records are done all the same: the
     * commit follows with a later poll or is made up for by the next owner, and what does not heal is said by the poll as well.
     */
    boolean reallyCommit(Map<TopicPartition, OffsetAndMetadata> offsets);

    /** The partitions that are assigned now. */
    Set<TopicPartition> assignment();

    /** Where the next poll reads a partition. */
    long position(TopicPartition partition);

    /** What the group has committed. */
    Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions, Duration within);

    /** The first offsets that Kafka has. */
    Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions, Duration within);

    /** The offsets after the last that Kafka has. */
    Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration within);

    /** How many offsets Kafka has that were not read, as far as the last fetch has brought that along. */
    OptionalLong currentLag(TopicPartition partition);

    /** This consumer, as a member of its group. */
    ConsumerGroupMetadata groupMetadata();
}
