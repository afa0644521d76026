package io.wadi.ingest.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class LoopIterationTest {
    private final Queue<Runnable> loop = new ArrayDeque<>();
    private long now;
    private final LoopIteration turns = new LoopIteration(loop::add, () -> now);

    @Test
    void iteration_endsAfterTwoMilliseconds_howeverOftenItIsChecked() {
        assertThat(turns.isOver()).isFalse();
        now += Duration.ofMillis(2).toNanos();
        assertThat(turns.isOver()).isFalse();
        now++;
        assertThat(turns.isOver()).isTrue();
        assertThat(turns.isOver()).isTrue();

        loop.remove().run();
        assertThat(turns.isOver()).as("in the next turn").isFalse();
    }

    @Test
    void endOfAnIteration_isScheduledOnce() {
        assertThat(turns.isOver()).isFalse();
        assertThat(turns.isOver()).isFalse();
        assertThat(loop).hasSize(1);
        loop.remove().run();
        assertThat(turns.isOver()).isFalse();

        assertThat(loop).hasSize(1);
    }
}
