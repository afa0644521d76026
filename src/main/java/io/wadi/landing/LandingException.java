package io.wadi.landing;

import java.io.IOException;
import org.apache.camel.util.function.ThrowingRunnable;
import org.apache.kafka.common.TopicPartition;

/**
 * A failure to land records of one partition; the message names the partition and the path. Records that were not
 * published are landed again.
 */
public final class LandingException extends RuntimeException {
    public LandingException(TopicPartition partition, String path, String failure, Throwable cause) {
        super("%s: %s: %s%s".formatted(partition, path, failure, cause == null ? "" : ": " + reason(cause)), cause);
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** Runs the action and reports its failure with the partition and the path. */
    static void attempt(TopicPartition partition, String path, String failure, ThrowingRunnable<IOException> action) {
        try {
            action.run();
        } catch (IOException e) {
            throw new LandingException(partition, path, failure, e);
        } catch (Recovery.Conflict e) {
            throw new LandingException(partition, e.path(), e.getMessage(), null);
        }
    }
}
