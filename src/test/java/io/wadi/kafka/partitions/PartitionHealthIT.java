package io.wadi.kafka.partitions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.health.HealthCheck;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The health of a partition with a route that hangs. */
class PartitionHealthIT {
    @Test
    void hangingRoute_isReportedByHealth_andRecovers() throws Exception {
        TopicPartition partition = Flow.topic("health.hangs", 3);
        CountDownLatch goesOn = new CountDownLatch(1);
        try (Flow flow = Flow.start(partition.topic(), "&autoOffsetReset=earliest", exchange -> goesOn.await())) {
            PartitionHealth health = new PartitionHealth(flow.states(), Duration.ofSeconds(1), Clock.systemUTC());
            await().untilAsserted(() -> {
                HealthCheck.Result found = check(health);
                assertThat(found.getMessage().orElse(""))
                        .startsWith("health.hangs-0 of group health.hangs: its consumer last polled at ");
                assertThat(found.getState()).isEqualTo(HealthCheck.State.DOWN);
            });
            assertThat(flow.states().findStuck(Duration.ofSeconds(1)).orElse(""))
                    .startsWith("the consumer of health.hangs-0 of group health.hangs last polled at ");

            goesOn.countDown();
            Flow.awaitCommitted(partition.topic(), 0, 3);
            await().untilAsserted(() -> assertThat(check(health).getState()).isEqualTo(HealthCheck.State.UP));
        }
    }

    /** Fails until the partition is assigned. */
    private static HealthCheck.Result check(PartitionHealth health) {
        return health.stream().findFirst().orElseThrow(AssertionError::new).call();
    }
}
