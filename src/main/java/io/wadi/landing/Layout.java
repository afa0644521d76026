package io.wadi.landing;

import org.apache.kafka.common.TopicPartition;

/**
 * Where landed files stand.
 *
 * @param root the directory all topics stand under, without a slash at its end
 * @param times how a partition's files are divided by time
 */
record Layout(String root, TimeBuckets times) {
    Layout(String root) {
        this(root, TimeBuckets.NONE);
    }

    Layout {
        root = root.endsWith("/") ? root.substring(0, root.length() - 1) : root;
    }

    /** The directory of a partition's visible files, or of their directories by time. */
    String visible(TopicPartition partition) {
        return root + "/" + partition.topic() + "/partition=" + partition.partition();
    }

    /** The path of a visible file that is not in a directory by time. */
    String visible(LandedFile file) {
        return visible(file, "");
    }

    /** The path of a visible file in a directory by time, such as {@code date=2026-11-20}. */
    String visible(LandedFile file, String directory) {
        return visible(file.partition()) + "/" + (directory.isEmpty() ? "" : directory + "/") + file.name();
    }

    /** The directory of the ranges of a partition that expired before they could land: empty files named by {@link OffsetRange}. */
    String expired(TopicPartition partition) {
        return root + "/_expired/" + partition.topic() + "/partition=" + partition.partition();
    }

    /** The directory under which each owner of the partition has one of its own. */
    String owners(TopicPartition partition) {
        return root + "/_tmp/" + partition.topic() + "/" + partition.partition();
    }
}
