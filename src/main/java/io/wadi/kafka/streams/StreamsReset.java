package io.wadi.kafka.streams;

import static io.wadi.kafka.AdminRequests.get;

import io.wadi.kafka.AdminRequests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;

/**
 * A reset of a Kafka Streams application, so that it starts again at the first records. It finds and deletes the
 * application's state: its changelog and repartition topics, its group's offsets, and its files on this machine. Files
 * on other machines and output topics are kept.
 */
public final class StreamsReset {
    private static final String CHANGELOG = "-changelog";
    private static final String REPARTITION = "-repartition";

    private final Admin admin;
    private final Path stateDirectory;

    /**
     * Creates an instance.
     *
     * @param admin the client, which the caller closes
     */
    public StreamsReset(Admin admin, Path stateDirectory) {
        this.admin = admin;
        this.stateDirectory = stateDirectory;
    }

    /**
     * The state of an application.
     *
     * @param members the active members of its group
     * @param topics its internal topics
     * @param offsets its group's committed offsets by partition
     * @param files its state directory on this machine; null if there is none
     */
    public record ApplicationState(
            String application, List<String> members, Set<String> topics, Map<String, Long> offsets, Path files) {
        public boolean isEmpty() {
            return topics.isEmpty() && offsets.isEmpty() && files == null;
        }
    }

    /**
     * Finds an application's state, without changing it.
     *
     * @param internalTopics its internal topics, whether or not they exist
     * @throws KafkaException if Kafka does not respond
     */
    public ApplicationState find(String application, Set<String> internalTopics) throws InterruptedException {
        Set<String> topics = new TreeSet<>(internalTopics);
        topics.retainAll(get(admin.listTopics().names()));
        Map<String, Long> offsets = new TreeMap<>();
        AdminRequests.committed(admin, application)
                .forEach((partition, offset) -> offsets.put(partition.toString(), offset));
        Path files = stateDirectory.resolve(application);
        return new ApplicationState(
                application, members(application), topics, offsets, Files.isDirectory(files) ? files : null);
    }

    private List<String> members(String application) throws InterruptedException {
        try {
            return get(admin.describeConsumerGroups(List.of(application)).all()).values().stream()
                    .flatMap(group -> group.members().stream())
                    .map(member -> member.clientId() + " at " + member.host())
                    .toList();
        } catch (GroupIdNotFoundException e) {
            return List.of();
        }
    }

    /** Returns whether a topic is an internal topic for repartitioning. */
    static boolean isInternal(String topic) {
        return topic.endsWith(REPARTITION);
    }

    /**
     * Returns the names of an application's changelog and repartition topics, whether or not they exist. Another
     * application's topics may have the same prefix.
     */
    public static Set<String> internalTopics(String application, Topology topology) {
        Set<String> topics = new TreeSet<>();
        topology.describe().subtopologies().stream()
                .flatMap(part -> part.nodes().stream())
                .forEach(node -> {
                    if (node instanceof TopologyDescription.Processor processor) {
                        processor.stores().forEach(store -> topics.add(changelog(application, store)));
                    } else if (node instanceof TopologyDescription.Source source && source.topicSet() != null) {
                        source.topicSet().stream()
                                .filter(StreamsReset::isInternal)
                                .forEach(topic -> topics.add(application + "-" + topic));
                    }
                });
        return topics;
    }

    /** Returns the name of the changelog topic of a store. */
    public static String changelog(String application, String store) {
        return application + "-" + store + CHANGELOG;
    }

    /**
     * Deletes an application's state. Its topics are deleted last: an application that waits for their deletion starts
     * right after it.
     *
     * @throws KafkaException if a request fails; a part of the state may have been deleted
     */
    public void delete(ApplicationState state) throws InterruptedException {
        if (!state.offsets().isEmpty()) {
            try {
                get(admin.deleteConsumerGroups(List.of(state.application())).all());
            } catch (GroupIdNotFoundException e) {
                // Deleted concurrently.
            }
        }
        if (state.files() != null) {
            delete(state.files());
        }
        delete(state.topics());
    }

    private void delete(Collection<String> topics) throws InterruptedException {
        for (KafkaFuture<Void> each :
                admin.deleteTopics(topics).topicNameValues().values()) {
            try {
                get(each);
            } catch (UnknownTopicOrPartitionException e) {
                // Deleted concurrently.
            }
        }
    }

    private static void delete(Path directory) {
        try {
            Utils.delete(directory.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
