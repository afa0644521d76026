package io.wadi.kafka.streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;

/**
 * Finds and deletes what an application of Kafka Streams keeps, so that it begins anew at the first records: the topics of its
 * state and those it passes records on by, its group's offsets, and its files on this machine. Those on other machines are left to
 * them. What it has written to its own output stays.
 */
public final class StreamsReset {
    private static final String CHANGELOG = "-changelog";
    private static final String REPARTITION = "-repartition";

    private final Admin admin;
    private final Path stateDirectory;

    /** Takes a client, which stays the caller's to close, and where Kafka Streams keeps files. */
    public StreamsReset(Admin admin, Path stateDirectory) {
        this.admin = admin;
        this.stateDirectory = stateDirectory;
    }

    /**
     * What is there of an application.
     *
     * @param members who reads for it now
     * @param topics its internal topics
     * @param offsets what its group has committed, by partition
     * @param files the directory of its files on this machine; null where there are none
     */
    public record Found(
            String application, List<String> members, Set<String> topics, Map<String, Long> offsets, Path files) {
        /** Whether there is nothing to delete. */
        public boolean isEmpty() {
            return topics.isEmpty() && offsets.isEmpty() && files == null;
        }
    }

    /**
     * Looks; changes nothing.
     *
     * @throws KafkaException where Kafka does not answer
     */
    public Found look(String application, Topology topology) throws InterruptedException {
        Set<String> topics = internalTopics(application, topology);
        topics.retainAll(get(admin.listTopics().names()));
        Map<String, Long> offsets = new TreeMap<>();
        Map<TopicPartition, OffsetAndMetadata> committed =
                get(admin.listConsumerGroupOffsets(application).partitionsToOffsetAndMetadata());
        committed.forEach((partition, offset) -> {
            if (offset != null) {
                offsets.put(partition.toString(), offset.offset());
            }
        });
        Path files = stateDirectory.resolve(application);
        return new Found(application, members(application), topics, offsets, Files.isDirectory(files) ? files : null);
    }

    private List<String> members(String application) throws InterruptedException {
        try {
            return admin.describeConsumerGroups(List.of(application)).all().get().values().stream()
                    .flatMap(group -> group.members().stream())
                    .map(member -> member.clientId() + " at " + member.host())
                    .toList();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return List.of();
            }
            throw new KafkaException("The group could not be looked at", e.getCause());
        }
    }

    /** Whether a topology passes records on to itself by this topic. */
    static boolean isInternal(String topic) {
        return topic.endsWith(REPARTITION);
    }

    /** Exactly those of this topology: another application's may begin with the same name. */
    static Set<String> internalTopics(String application, Topology topology) {
        Set<String> topics = new TreeSet<>();
        topology.describe().subtopologies().stream()
                .flatMap(part -> part.nodes().stream())
                .forEach(node -> {
                    if (node instanceof TopologyDescription.Processor processor) {
                        processor.stores().forEach(store -> topics.add(application + "-" + store + CHANGELOG));
                    } else if (node instanceof TopologyDescription.Source source && source.topicSet() != null) {
                        source.topicSet().stream()
                                .filter(StreamsReset::isInternal)
                                .forEach(topic -> topics.add(
                                        topic.startsWith(application + "-") ? topic : application + "-" + topic));
                    }
                });
        return topics;
    }

    /**
     * Deletes it.
     *
     * @throws KafkaException where Kafka has not done it; what was deleted until then stays deleted
     */
    public void apply(Found found) throws InterruptedException {
        delete(found.topics());
        if (!found.offsets().isEmpty()) {
            try {
                get(admin.deleteConsumerGroups(List.of(found.application())).all());
            } catch (KafkaException e) {
                if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                    throw e;
                }
            }
        }
        if (found.files() != null) {
            delete(found.files());
        }
    }

    private void delete(Collection<String> topics) throws InterruptedException {
        for (KafkaFuture<Void> each :
                admin.deleteTopics(topics).topicNameValues().values()) {
            try {
                get(each);
            } catch (KafkaException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T get(KafkaFuture<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new KafkaException("Kafka has not done it", e.getCause());
        }
    }
}
