package io.wadi.landing.files;

import io.wadi.landing.Origin;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/**
 * Where landed files stand.
 *
 * @param root the directory all topics stand under, without a slash at its end
 * @param times how a partition's files are divided by time
 */
public record Layout(String root, TimeBuckets times) {
    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    /** Without directories by time. */
    public Layout(String root) {
        this(root, TimeBuckets.NONE);
    }

    /** The root may have a slash at its end. */
    public Layout {
        root = root.endsWith("/") ? root.substring(0, root.length() - 1) : root;
    }

    /**
     * Why the topic cannot be landed; empty where it can. Its name would be taken for a directory of landing's own or of
     * HDFS.
     */
    public static Optional<String> refusal(String topic) {
        return topic.equals("_tmp")
                        || topic.equals("_expired")
                        || topic.equals(".snapshot")
                        || topic.equals(".reserved")
                ? Optional.of(
                        "topic " + topic + " cannot be landed: its name is reserved for a directory of another use")
                : Optional.empty();
    }

    /** Whether readers see a file or directory of this name: those that begin with {@code _} or {@code .} are hidden. */
    public static boolean isVisible(String name) {
        return !name.isEmpty() && !name.startsWith("_") && !name.startsWith(".");
    }

    /**
     * Refuses what is no topic's name, or the name of one that is hidden from readers.
     *
     * @throws IllegalArgumentException where it is refused; the message says why
     */
    public static void requireTopic(String topic) {
        if (!isVisible(topic) || !TOPIC.matcher(topic).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" is no topic that lands visibly: allowed are letters, digits and ._- that do not begin with _ or ."
                            .formatted(topic));
        }
    }

    /** The directory of a topic's partitions. */
    public String visible(String topic) {
        return root + "/" + topic;
    }

    /** The hidden file that says which topic's records stand in the topic's directory, see {@link Origin}. */
    public String origin(String topic) {
        return visible(topic) + "/_origin";
    }

    /** The directory of a partition's visible files, or of their directories by time. */
    public String visible(TopicPartition partition) {
        return visible(partition.topic()) + "/partition=" + partition.partition();
    }

    /** A directory of the partition's by time; empty: the partition's own. */
    public String visible(TopicPartition partition, String directory) {
        return visible(partition) + (directory.isEmpty() ? "" : "/" + directory);
    }

    /** The path of a visible file that is not in a directory by time. */
    public String visible(LandedFile file) {
        return visible(file, "");
    }

    /** The path of a visible file in a directory by time, such as {@code date=2026-11-20}. */
    public String visible(LandedFile file, String directory) {
        return visible(file.partition(), directory) + "/" + file.name();
    }

    /** The directory of the ranges of a partition that expired before they could land: empty files named by {@link OffsetRange}. */
    public String expired(TopicPartition partition) {
        return root + "/_expired/" + partition.topic() + "/partition=" + partition.partition();
    }

    /** The directory under which each attempt to merge files of the partition has one of its own. */
    public String compactors(TopicPartition partition) {
        return root + "/_compacting/" + partition.topic() + "/partition=" + partition.partition();
    }

    /** The directory under which each owner of the partition has one of its own. */
    public String owners(TopicPartition partition) {
        return root + "/_tmp/" + partition.topic() + "/" + partition.partition();
    }
}
