package io.wadi.ingest.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** However many clients take all they can get, the next one finds room. */
class ShareTest {
    private static final long LEAST = 1000;

    private final InFlight pool = new InFlight(10_000, 100_000, LEAST);

    @Test
    void oneClient_getsTwoThirds() {
        Share greedy = pool.acquire("greedy");
        while (greedy.grow(100)) {
            assertThat(pool.bytes()).isLessThanOrEqualTo(66_700);
        }
        assertThat(pool.bytes()).isGreaterThan(66_000);

        Share other = pool.acquire("other");
        while (other.grow(100)) {
            assertThat(pool.bytes()).isLessThan(100_000);
        }
        assertThat(pool.bytes()).as("two thirds of the rest").isBetween(88_000L, 89_000L);
    }

    @Test
    void manyGreedyClients_leaveRoom_andSomeForEveryoneBelowTheLeastShare() {
        List<Share> greedy = new ArrayList<>();
        for (int client = 0; client < 20; client++) {
            greedy.add(pool.acquire(client));
        }
        boolean hasGrown = true;
        while (hasGrown) {
            hasGrown = false;
            for (Share share : greedy) {
                hasGrown |= share.grow(10);
            }
        }

        assertThat(pool.freeBytes()).isGreaterThan(2 * LEAST);
        assertThat(pool.acquire("next").grow(LEAST)).isTrue();
    }

    @Test
    void requests_areSharedLikewise_withSomeForEveryone() {
        InFlight few = new InFlight(90, 1 << 20);
        List<Share> taken = new ArrayList<>();
        for (Share next = few.enter("greedy", 0); next != null; next = few.enter("greedy", 0)) {
            taken.add(next);
        }
        assertThat(taken).as("at least 64").hasSize(64);
        assertThat(few.enter("other", 0)).isNotNull();
    }

    @Test
    void share_isForgottenWithItsLastRequest() {
        Share first = pool.enter("client", 500);
        Share second = pool.enter("client", 400);
        assertThat(first).isSameAs(second);
        first.leave(500);
        assertThat(pool.enter("client", 1)).isSameAs(second);
        second.leave(400);
        second.leave(1);

        assertThat(pool.bytes()).isZero();
        assertThat(pool.requests()).isZero();
        assertThat(pool.acquire("client")).isNotSameAs(first);
    }

    @Test
    void connections_areShared() {
        Share greedy = pool.acquire("greedy");
        int most = 300;
        int open = 0;
        while (open < most && greedy.connect(most - open - 1)) {
            open++;
        }
        assertThat(open).isBetween(198, 200);
        assertThat(pool.acquire("other").connect(most - open - 1)).isTrue();
    }
}
