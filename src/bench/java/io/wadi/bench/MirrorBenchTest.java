package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MirrorBenchTest {
    @Test
    void transactionMarkers_areNotCountedAsRecords() {
        assertThat(MirrorBench.copied(1_000_000, 251_000, 1_004_000)).isEqualTo(750_000);
        assertThat(MirrorBench.copied(1_000_000, 250_000, 1_000_000)).isEqualTo(750_000);
    }
}
