package io.wadi.landing;

import org.apache.kafka.common.TopicPartition;

/**
 * A failure to land records of one partition; the message names the partition and the path. Records that were not
 * published are landed again.
 */
public final class LandingException extends RuntimeException {
    public LandingException(TopicPartition partition, String path, String failure, Throwable cause) {
        super(
                "%s: %s: %s%s".formatted(partition, path, failure, cause == null ? "" : ": " + cause.getMessage()),
                cause);
    }
}
