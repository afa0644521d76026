package io.wadi.extension.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.extension.mirror.MirrorReport.FlowState;
import io.wadi.extension.mirror.MirrorReport.PartitionState;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.connect.mirror.DefaultReplicationPolicy;
import org.junit.jupiter.api.Test;

class MirrorReportTest {
    private static FlowState state(boolean hasHeartbeats, Long heartbeatAgeMs, Long lagMs) {
        TopicFilter all = new TopicFilter(".*", "");
        ReplicationFlow flow = new ReplicationFlow(
                "A",
                "B",
                all,
                all,
                new DefaultReplicationPolicy(),
                true,
                hasHeartbeats,
                "mm2-offsets.A.internal",
                false);
        List<PartitionState> partitions = List.of(new PartitionState("orders", 0, 5, 7, 2, lagMs));
        return new FlowState(flow, partitions, heartbeatAgeMs, List.of());
    }

    private static boolean exceeds(FlowState state) {
        return state.exceeds(Duration.ofSeconds(30), Duration.ofMinutes(5));
    }

    @Test
    void overdueHeartbeatOrRecord_exceedsItsLimit() {
        assertThat(exceeds(state(true, 30_000L, 300_000L))).isFalse();
        assertThat(exceeds(state(true, 30_001L, null))).isTrue();
        assertThat(exceeds(state(true, null, null))).isTrue();
        assertThat(exceeds(state(false, null, null))).isFalse();
        assertThat(exceeds(state(false, null, 300_001L))).isTrue();
    }
}
