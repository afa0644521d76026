package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.CompressibleRecords;
import io.wadi.testing.HdfsProbe;
import java.util.Collections;
import java.util.NavigableMap;
import org.junit.jupiter.api.Test;

/**
 * A process with a heap of 256 MiB and a backlog larger than that, which Kafka stores in a few compressed kilobytes.
 */
class LandingMemoryIT {
    private static final String TOPIC = "landing-compressible";
    private static final int RECORDS = 300;

    @Test
    void highlyCompressibleEvents_areLanded_withoutExhaustingTheHeap() throws Exception {
        CompressibleRecords.send(TOPIC, RECORDS);
        try (LandingProcess process = LandingProcess.start(TOPIC, null, "-Dwadi.landing.roll-interval=1s")) {
            await().atMost(ChildJvm.START_TIMEOUT).until(() -> {
                assertThat(process.isAlive()).as("the process lives").isTrue();
                return landed() == RECORDS;
            });
            assertThat(process.stop()).isZero();
        }
    }

    private static long landed() throws Exception {
        NavigableMap<Long, Long> ranges =
                HdfsProbe.ranges("/" + TOPIC, TOPIC).getOrDefault(0, Collections.emptyNavigableMap());
        return ranges.entrySet().stream()
                .mapToLong(range -> range.getValue() - range.getKey() + 1)
                .sum();
    }
}
