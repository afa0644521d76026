package io.wadi.landing;

import org.apache.kafka.common.TopicPartition;

/**
 * A failure of landing for one partition: what failed, where, and at which path. Records that were not published are
 * landed again.
 */
public final class LandingException extends RuntimeException {
    /** Takes the partition, the path concerned and what was found there. */
    public LandingException(TopicPartition partition, String path, String found, Throwable cause) {
        super("%s: %s: %s%s".formatted(partition, path, found, cause == null ? "" : ": " + cause.getMessage()), cause);
    }
}
