package io.wadi.landing.files;

import io.wadi.landing.format.Format;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/**
 * The directory layout of landed files.
 *
 * @param root the directory of all topics, without a trailing slash
 * @param times the division of a partition's files by time
 */
public record Layout(String root, TimeBuckets times) {
    /** HDFS's default ({@code dfs.namenode.fs-limits.max-component-length}). */
    private static final int MAX_NAME = 255;

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    public Layout(String root) {
        this(root, TimeBuckets.NONE);
    }

    /** Removes a trailing slash from the root. */
    public Layout {
        root = root.endsWith("/") ? root.substring(0, root.length() - 1) : root;
    }

    /**
     * Returns why a topic cannot be landed: landing or HDFS uses a directory with its name, or the name is too long;
     * empty if it can be landed.
     */
    public static Optional<String> refusal(TopicPartition partition, Format format) {
        String topic = partition.topic();
        if (topic.equals("_tmp")
                || topic.equals("_expired")
                || topic.equals("_compacting")
                || topic.equals(".snapshot")
                || topic.equals(".reserved")) {
            return Optional.of(
                    "topic " + topic + " cannot be landed: landing or HDFS uses its name for another directory");
        }
        int length = new LandedFile(partition, 0, 0, format).name().length();
        return length > MAX_NAME
                ? Optional.of("topic %s cannot be landed: the names of its files have %d characters, HDFS allows %d"
                        .formatted(topic, length, MAX_NAME))
                : Optional.empty();
    }

    /** Returns whether readers see a file or directory: names that begin with {@code _} or {@code .} are hidden. */
    public static boolean isVisible(String name) {
        return !name.isEmpty() && !name.startsWith("_") && !name.startsWith(".");
    }

    /**
     * Rejects invalid topic names and those hidden from readers.
     *
     * @throws IllegalArgumentException if it is rejected
     */
    public static void requireTopic(String topic) {
        if (!isVisible(topic) || !TOPIC.matcher(topic).matches()) {
            throw new IllegalArgumentException(
                    "invalid name '%s' of a landed topic: expected letters, digits and ._-, not beginning with _ or ."
                            .formatted(topic));
        }
    }

    /** Returns the directory of a topic's partitions. */
    public String visible(String topic) {
        return root + "/" + topic;
    }

    /** Returns the hidden file with the identity of the directory's topic. */
    public String origin(String topic) {
        return visible(topic) + "/_origin";
    }

    /** Returns the directory of a partition's visible files, or of their directories by time. */
    public String visible(TopicPartition partition) {
        return visible(partition.topic()) + "/partition=" + partition.partition();
    }

    /** Returns a partition's directory by time; for an empty name the partition's own. */
    public String visible(TopicPartition partition, String directory) {
        return visible(partition) + (directory.isEmpty() ? "" : "/" + directory);
    }

    /** Returns the path of a visible file in a directory by time; for an empty name in the partition's own. */
    public String visible(LandedFile file, String directory) {
        return visible(file.partition(), directory) + "/" + file.name();
    }

    /** Returns the hidden file that marks a directory by time as complete. */
    public String complete(TopicPartition partition, String directory) {
        return visible(partition, directory) + "/_COMPLETE";
    }

    /**
     * Returns the directory of a partition's ranges that expired before they landed: empty files named by {@link
     * OffsetRange}.
     */
    public String expired(TopicPartition partition) {
        return expired(partition.topic()) + "/partition=" + partition.partition();
    }

    /** Returns the directory of a topic's expired ranges. */
    public String expired(String topic) {
        return root + "/_expired/" + topic;
    }

    /**
     * Returns the parent of the directories of a partition's compactors. Each attempt at a merge has its own directory.
     */
    public String compactors(TopicPartition partition) {
        return root + "/_compacting/" + partition.topic() + "/partition=" + partition.partition();
    }

    /** Returns the parent of a partition's owner directories. */
    public String owners(TopicPartition partition) {
        return root + "/_tmp/" + partition.topic() + "/" + partition.partition();
    }
}
