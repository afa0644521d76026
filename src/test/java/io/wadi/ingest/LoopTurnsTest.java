package io.wadi.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class LoopTurnsTest {
    private static final Duration LONGEST = Duration.ofMillis(30);
    private static final Duration REQUEST = Duration.ofMillis(1);

    private final Queue<Runnable> loop = new ArrayDeque<>();
    private long now;
    private final LoopTurns turns = new LoopTurns(loop::add, LONGEST, () -> now);

    /** A turn with so many requests, each of which takes so long where it is not late: the places of those that are. */
    private List<Integer> turn(int requests, Duration each) {
        List<Integer> late = new ArrayList<>();
        for (int i = 1; i <= requests; i++) {
            turns.requestCame();
            if (turns.isLate()) {
                late.add(i);
            } else {
                now += each.toNanos();
            }
        }
        while (!loop.isEmpty()) {
            loop.remove().run();
        }
        return late;
    }

    private void overload() {
        for (int i = 0; i < LoopTurns.BEHIND_AFTER; i++) {
            turn(100, REQUEST);
        }
    }

    @Test
    void turn_isOverAfterTwoMilliseconds_howeverManyAskForIt() {
        assertThat(turns.isOver()).isFalse();
        now += Duration.ofMillis(2).toNanos();
        assertThat(turns.isOver()).isFalse();
        now++;
        assertThat(turns.isOver()).isTrue();
        assertThat(turns.isOver()).isTrue();

        assertThat(turn(0, REQUEST)).isEmpty();
        assertThat(turns.isOver()).as("in the next turn").isFalse();
    }

    @Test
    void afterAPauseAndWhatHasComeMeanwhile_nothingIsLate() {
        for (int again = 0; again < 10; again++) {
            assertThat(turn(100, Duration.ofMillis(2))).isEmpty();
            assertThat(turn(100, REQUEST)).isEmpty();
            assertThat(turn(30, REQUEST)).isEmpty();
            assertThat(turn(15, REQUEST)).isEmpty();
        }
    }

    @Test
    void onceSeveralTurnsWereTooLong_whatComesUpLateInOneIsLate() {
        overload();

        assertThat(turn(100, REQUEST)).hasSize(69).startsWith(32);
        assertThat(turn(30, REQUEST)).isEmpty();
        assertThat(turn(33, REQUEST)).as("after one that was not").containsExactly(32, 33);
    }

    @Test
    void onceMoreTurnsWereNotTooLong_nothingIsLate() {
        for (int again = 0; again < 10; again++) {
            overload();
        }
        for (int i = 0; i < LoopTurns.BEHIND_AFTER; i++) {
            assertThat(turn(100, REQUEST)).isNotEmpty();
            turn(30, REQUEST);
            turn(30, REQUEST);
        }

        assertThat(turn(100, REQUEST)).isEmpty();
    }

    @Test
    void theFirstRequestsOfATurn_areNeverLate() {
        overload();

        assertThat(turn(20, Duration.ofMillis(100))).containsExactly(17, 18, 19, 20);
    }

    @Test
    void anEndIsAwaitedOnce_inEachTurn() {
        turns.requestCame();
        turns.requestCame();
        assertThat(loop).hasSize(1);
        loop.remove().run();
        turns.requestCame();

        assertThat(loop).hasSize(1);
    }
}
