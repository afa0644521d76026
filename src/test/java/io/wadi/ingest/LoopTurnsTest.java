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
    private static final Duration SECOND_OF_OVERLOAD = Duration.ofSeconds(1);
    private static final Duration REQUEST = Duration.ofMillis(1);

    private final Queue<Runnable> loop = new ArrayDeque<>();
    private long now;
    private final LoopTurns turns = new LoopTurns(loop::add, LONGEST, () -> now);

    /** A turn with so many requests, each of which takes so long where it is not late: the places of those that are. */
    private List<Integer> turn(int requests, Duration each) {
        List<Integer> late = new ArrayList<>();
        for (int i = 1; i <= requests; i++) {
            turns.next();
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

    private void overload(Duration length) {
        for (long end = now + length.toNanos(); now < end; ) {
            turn(100, REQUEST);
        }
    }

    @Test
    void aSingleTurnThatIsTooLong_makesNothingLate() {
        assertThat(turn(100, Duration.ofMillis(100))).isEmpty();
        assertThat(turn(10, REQUEST)).isEmpty();
        assertThat(turn(100, REQUEST)).isEmpty();
    }

    @Test
    void onceTurnsHaveBeenTooLongForAWhile_whatComesUpLateInOneIsLate() {
        overload(SECOND_OF_OVERLOAD);

        assertThat(turn(100, REQUEST)).hasSize(69).startsWith(32);
        assertThat(turn(33, REQUEST)).containsExactly(32, 33);
        assertThat(turn(31, REQUEST)).as("none after it").isEmpty();
    }

    @Test
    void aTurnThatIsNotTooLong_endsIt() {
        overload(SECOND_OF_OVERLOAD);
        turn(30, REQUEST);

        assertThat(turn(45, REQUEST)).isEmpty();
        assertThat(turn(45, REQUEST)).as("not for long").isEmpty();
        assertThat(turn(45, REQUEST)).as("after a while again").isNotEmpty();
    }

    @Test
    void theFirstRequestsOfATurn_areNeverLate() {
        overload(SECOND_OF_OVERLOAD);

        assertThat(turn(20, Duration.ofMillis(100))).containsExactly(17, 18, 19, 20);
    }

    @Test
    void anEndIsAwaitedOnce_inEachTurn() {
        turns.next();
        turns.next();
        assertThat(loop).hasSize(1);
        loop.remove().run();
        turns.next();

        assertThat(loop).hasSize(1);
    }
}
