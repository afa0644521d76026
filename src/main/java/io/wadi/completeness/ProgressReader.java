package io.wadi.completeness;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.completeness.PartitionProgressReader.Sample;
import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.targets.RecordTarget;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.record.TimestampType;

/**
 * Takes the samples of a round from Kafka. The order of the requests makes a watermark correct: the time, the committed
 * offsets (also before the time), the dead-letter topic's ends, then those of {@link PartitionProgressReader}. Not
 * thread-safe.
 */
final class ProgressReader implements ProgressSource {
    private static final int ATTEMPTS = 3;

    private final AdminOnDemand admin;
    private final VisibleOffsets offsets;
    private final PartitionProgressReader partitions;
    private final Duration clockSkew;
    private final Clock clock;
    private final Map<Key, TrackedTopic> tracked = new HashMap<>();

    private record Key(String topic, String target) {}

    /** Creates a reader that connects on demand. */
    ProgressReader(KafkaClients kafka, String deadLetterTopic, Duration clockSkew, Clock clock) {
        this.admin = new AdminOnDemand(kafka::adminProperties);
        this.offsets = new VisibleOffsets(admin, deadLetterTopic);
        this.partitions = new PartitionProgressReader(kafka, admin, clockSkew, clock);
        this.clockSkew = clockSkew;
        this.clock = clock;
    }

    @Override
    public Set<String> topics() throws InterruptedException {
        return get(admin.get().listTopics().names());
    }

    @Override
    public void retain(Set<String> topics) {
        tracked.keySet().removeIf(key -> !topics.contains(key.topic()));
    }

    @Override
    public void begin(Set<String> groups) throws InterruptedException {
        offsets.begin(groups);
    }

    @Override
    public Optional<TopicProgress> read(String topic, RecordTarget target, String group)
            throws InterruptedException, IOException {
        boolean usesEarlierOffsets = false;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Instant at = clock.instant();
            TopicDescription description;
            try {
                description = get(admin.get()
                        .describeTopics(List.of(topic))
                        .topicNameValues()
                        .get(topic));
            } catch (UnknownTopicOrPartitionException e) {
                return Optional.empty();
            }
            TrackedTopic known = tracked(topic, target, group, description);
            boolean isAppendTime = isAppendTime(topic);
            Optional<Sample> sample = partitions.read(
                    partitions(description),
                    offsets.committed(topic, group, known),
                    isAppendTime,
                    target,
                    group,
                    known);
            if (sample.isPresent()) {
                return Optional.of(progress(topic, target, at, sample.get(), known));
            }
            usesEarlierOffsets = known.usesEarlierOffsets();
            // These committed offsets are older than the deletion.
            offsets.remove(group);
        }
        if (usesEarlierOffsets) {
            throw offsets.invisible(topic);
        }
        throw new TimeoutException("Kafka deletes records of %s faster than they can be read: %d samples failed"
                .formatted(topic, ATTEMPTS));
    }

    private TrackedTopic tracked(String topic, RecordTarget target, String group, TopicDescription description) {
        return tracked.compute(
                new Key(topic, target.name()),
                (key, known) -> known != null && known.isOf(description.topicId(), group)
                        ? known
                        : new TrackedTopic(description.topicId(), group));
    }

    private static List<TopicPartition> partitions(TopicDescription description) {
        return description.partitions().stream()
                .map(each -> new TopicPartition(description.name(), each.partition()))
                .sorted(Comparator.comparingInt(TopicPartition::partition))
                .toList();
    }

    private TopicProgress progress(String topic, RecordTarget target, Instant at, Sample sample, TrackedTopic known) {
        known.ends().add(at, offsetsOf(sample, PartitionProgress::end));
        TopicProgress progress = new TopicProgress(
                topic,
                target.name(),
                at,
                sample.isAppendTime(),
                sample.partitions(),
                known.ends().arrived(offsetsOf(sample, PartitionProgress::arrived)),
                clockSkew);
        if (progress.basis() == Watermark.Basis.APPEND_TIME) {
            sample.partitions()
                    .forEach(each ->
                            known.proven(each.partition(), progress.time(each).toEpochMilli(), at.toEpochMilli()));
        }
        return progress;
    }

    private static Map<TopicPartition, Long> offsetsOf(Sample sample, ToLongFunction<PartitionProgress> offset) {
        return sample.partitions().stream()
                .collect(Collectors.toMap(PartitionProgress::partition, offset::applyAsLong));
    }

    /**
     * Returns whether brokers set the topic's timestamps; false without permission to read the topic's configuration.
     */
    private boolean isAppendTime(String topic) throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            Config config =
                    get(admin.get().describeConfigs(List.of(resource)).values().get(resource));
            return config.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG)
                    .value()
                    .equals(TimestampType.LOG_APPEND_TIME.name);
        } catch (AuthorizationException e) {
            return false;
        }
    }

    @Override
    public void close() {
        partitions.close();
        admin.close();
    }
}
