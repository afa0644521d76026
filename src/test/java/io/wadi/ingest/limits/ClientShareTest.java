package io.wadi.ingest.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** However many clients take all that they can get, capacity remains for the next one. */
class ClientShareTest {
    private static final long LEAST = 1000;

    private final InFlight pool = new InFlight(10_000, 100_000, LEAST, false);

    @Test
    void singleClient_getsTwoThirds() {
        ClientShare greedy = pool.acquire("greedy", false);
        while (greedy.grow(100)) {
            assertThat(pool.bytes()).isLessThanOrEqualTo(66_700);
        }
        assertThat(pool.bytes()).isGreaterThan(66_000);

        ClientShare other = pool.acquire("other", false);
        while (other.grow(100)) {
            assertThat(pool.bytes()).isLessThan(100_000);
        }
        assertThat(pool.bytes()).as("two thirds of the rest").isBetween(88_000L, 89_000L);
    }

    @Test
    void clientAboveItsShare_keepsItsBytes_butGetsNoMore() {
        Charge greedy = new Charge(pool.acquire("greedy", false));
        assertThat(greedy.tryTo(60_000)).isTrue();
        assertThat(pool.acquire("other", false).grow(20_000)).isTrue();

        assertThat(greedy.tryTo(60_000)).isTrue();
        assertThat(greedy.tryTo(60_001)).isFalse();
        assertThat(greedy.tryTo(59_999)).isTrue();
        assertThat(pool.bytes()).isEqualTo(79_999);
    }

    @Test
    void manyGreedyClients_leaveTheMinimumShareToOthers() {
        List<ClientShare> greedy = new ArrayList<>();
        for (int client = 0; client < 20; client++) {
            greedy.add(pool.acquire(client, false));
        }
        boolean hasGrown = true;
        while (hasGrown) {
            hasGrown = false;
            for (ClientShare share : greedy) {
                hasGrown |= share.grow(10);
            }
            assertThat(pool.bytes()).isLessThan(100_000);
        }

        assertThat(pool.freeBytes(false)).isGreaterThan(2 * LEAST);
        assertThat(pool.acquire("next", false).grow(LEAST)).isTrue();
    }

    @Test
    void requests_areSharedToo_withAMinimumForEachClient() {
        InFlight few = new InFlight(90, 1 << 20, 1 << 20, false);
        List<ClientShare> taken = new ArrayList<>();
        for (ClientShare next = few.enter("greedy", false, 0); next != null; next = few.enter("greedy", false, 0)) {
            taken.add(next);
            assertThat(taken).hasSizeLessThanOrEqualTo(64);
        }
        assertThat(taken).as("at least 64").hasSize(64);
        assertThat(few.enter("other", false, 0)).isNotNull();
    }

    /** Otherwise the minimum shares of a hundred addresses would leave nothing. */
    @Test
    void clientsWithoutAKey_inAnyNumber_leaveAQuarterToClientsWithAKey() {
        InFlight reserving = new InFlight(1000, 100_000, LEAST, true);
        for (int address = 0; address < 100; address++) {
            ClientShare share = reserving.acquire(address, false);
            while (share.grow(100)) {
                assertThat(reserving.bytes()).isLessThanOrEqualTo(75_000);
            }
            while (reserving.enter(address, false, 0) != null) {
                assertThat(reserving.requests()).isLessThanOrEqualTo(750);
            }
        }
        assertThat(reserving.bytes()).isEqualTo(75_000);
        assertThat(reserving.requests()).isEqualTo(750);

        ClientShare withKey = reserving.enter("key", true, 10_000);
        assertThat(withKey).isNotNull();
        assertThat(withKey.grow(5_000)).isTrue();
    }

    @Test
    void requestInAnotherPool_countsAgainstTheSameClient() {
        InFlight waiting = new InFlight(90, 1, 1, false);
        ClientShare greedy = pool.enter("greedy", false, 10);
        List<ClientShare> taken = new ArrayList<>();
        for (ClientShare next = greedy.enter(waiting); next != null; next = greedy.enter(waiting)) {
            taken.add(next);
        }
        assertThat(taken).hasSize(64);
        assertThat(pool.enter("greedy", false, 10).enter(waiting)).isNull();
        assertThat(pool.enter("other", true, 10).enter(waiting)).isNotNull();

        taken.get(0).leave(0);
        assertThat(greedy.enter(waiting)).isNotNull();
        assertThat(pool.bytes()).isEqualTo(30);
    }

    @Test
    void share_isRemovedWithItsLastRequest() {
        ClientShare first = pool.enter("client", false, 500);
        ClientShare second = pool.enter("client", false, 400);
        assertThat(first).isSameAs(second);
        first.leave(500);
        assertThat(pool.enter("client", false, 1)).isSameAs(second);
        second.leave(400);
        second.leave(1);

        assertThat(pool.bytes()).isZero();
        assertThat(pool.requests()).isZero();
        assertThat(pool.clients()).isZero();
        assertThat(pool.acquire("client", false)).isNotSameAs(first);
    }

    @Test
    void connections_areShared() {
        ClientShare greedy = pool.acquire("greedy", false);
        int most = 300;
        int open = 0;
        while (open < most && greedy.connect(most - open - 1)) {
            open++;
        }
        assertThat(open).isBetween(198, 200);
        assertThat(pool.mayConnect("greedy", most - open - 1)).isFalse();
        assertThat(pool.mayConnect("other", most - open - 1)).isTrue();
        assertThat(pool.acquire("other", false).connect(most - open - 1)).isTrue();
    }

    @Test
    void client_mayConnect_ifItsNextConnectionIsAccepted() {
        ClientShare client = pool.acquire("client", false);
        for (int i = 0; i < ClientShare.LEAST; i++) {
            assertThat(pool.mayConnect("client", 0)).isTrue();
            assertThat(client.connect(0)).isTrue();
        }
        for (int i = 0; i < ClientShare.LEAST; i++) {
            assertThat(pool.mayConnect("client", 0)).isFalse();
            assertThat(client.connect(0)).isFalse();
        }

        client.disconnect();

        assertThat(client.connect(0)).as("rejected connections are not counted").isTrue();
    }

    @Test
    void disconnect_ofTheLastConnection_removesTheShare() {
        ClientShare client = pool.acquire("client", false);
        client.connect(100);
        assertThat(pool.clients()).isEqualTo(1);

        client.disconnect();

        assertThat(pool.clients()).isZero();
    }

    @Test
    void closedLease_isNotChargedAgain_andClosedOnce() {
        ClientShare client = pool.acquire("client", false);
        ConnectionLease first = new ConnectionLease(pool, pool.acquire("client", false));
        assertThat(first.holds(500)).isTrue();

        first.close();
        first.close();

        assertThat(first.holds(500)).isTrue();
        assertThat(pool.bytes()).isZero();
        assertThat(pool.acquire("client", false)).as("closed once").isSameAs(client);
    }

    @Test
    void pool_isCrowded_withMoreThanHalfOfItsBytes() {
        ClientShare client = pool.enter("client", false, 50_000);
        assertThat(pool.isCrowded()).isFalse();

        client.grow(1);

        assertThat(pool.isCrowded()).isTrue();
    }

    @Test
    void share_isTheSameInstance_untilItsLastReferenceIsReleased() {
        ClientShare first = pool.acquire("client", false);
        ClientShare second = pool.acquire("client", false);
        assertThat(second).isSameAs(first);

        pool.release(first);
        assertThat(pool.acquire("client", false)).isSameAs(first);
        pool.release(first);
        pool.release(second);
        ClientShare next = pool.acquire("client", false);
        assertThat(next).isNotSameAs(first);
        assertThat(pool.acquire("client", false)).isSameAs(next);
    }

    /** A client must have only one entry, even if a request arrives while its last one ends. */
    @Test
    void share_isOnePerClient_underConcurrentReleases() throws Exception {
        int threads = 4;
        ExecutorService all = Executors.newFixedThreadPool(threads);
        AtomicInteger apart = new AtomicInteger();
        Runnable work = () -> {
            for (int i = 0; i < 20_000; i++) {
                ClientShare mine = pool.acquire("client", false);
                ClientShare other = pool.acquire("client", false);
                apart.addAndGet(other == mine ? 0 : 1);
                pool.release(other);
                pool.release(mine);
            }
        };
        try {
            List<Future<?>> begun = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                begun.add(all.submit(work));
            }
            for (Future<?> each : begun) {
                each.get(2, TimeUnit.MINUTES);
            }
        } finally {
            all.shutdownNow();
        }

        assertThat(apart).hasValue(0);
    }
}
