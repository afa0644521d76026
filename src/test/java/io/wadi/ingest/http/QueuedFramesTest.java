package io.wadi.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueuedFramesTest {
    private final QueuedFrames frames = new QueuedFrames();

    @Test
    void frames_areCountedUntilTheirBytesAreConsumed() {
        frames.add(60_000);
        for (int i = 0; i < 5_000; i++) {
            frames.add(1);
        }

        assertThat(frames.retain(65_000)).isEqualTo(5_001);
        assertThat(frames.retain(64_999)).isEqualTo(5_001);
        assertThat(frames.retain(5_000)).as("without the large frame").isEqualTo(5_000);
        assertThat(frames.retain(904)).as("without a run").isEqualTo(904);
        assertThat(frames.retain(0)).isZero();

        frames.add(10);
        assertThat(frames.retain(10)).isEqualTo(1);
        assertThat(frames.retain(0)).isZero();
    }
}
