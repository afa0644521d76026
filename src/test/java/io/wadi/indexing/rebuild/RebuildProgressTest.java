package io.wadi.indexing.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RebuildProgressTest {
    @Test
    void partitionThatIsAddedDuringARebuild_isNotCounted() {
        RebuildProgress progress = new RebuildProgress();
        progress.add(0, 10, 12, 20);

        progress.reached(0, 15);
        progress.reached(1, 7);

        assertThat(progress.offsets()).isEqualTo(10);
        assertThat(progress.gone()).isEqualTo(5);
    }
}
