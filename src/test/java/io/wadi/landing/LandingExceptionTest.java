package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LandingExceptionTest {
    private static String message(Throwable cause) {
        return new LandingException(new TopicPartition("t", 0), "/data/t", "writing a record failed", cause)
                .getMessage();
    }

    @Test
    void message_containsTheReason_orTheKindOfACauseWithoutMessage() {
        assertThat(message(new IOException("disk full"))).isEqualTo("t-0: /data/t: writing a record failed: disk full");
        assertThat(message(new ClosedChannelException()))
                .isEqualTo("t-0: /data/t: writing a record failed: java.nio.channels.ClosedChannelException");
        assertThat(message(null)).isEqualTo("t-0: /data/t: writing a record failed");
    }
}
