package io.wadi.ingest.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.ingest.limits.ClientShare;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.RateLimiter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Bytes in flight are counted exactly, in whatever order permits are issued, grown, shrunk and closed. */
class PermitTest {
    private static final int THREADS = 4;

    @Example
    void reserve_chargesThePreferredBytes_orElseTheNeededOnes() {
        InFlight inFlight = new InFlight(5, 100, 100, false);
        Permit permit = new Permit(inFlight.enter("client", true, 10), 10, RateLimiter.UNLIMITED, null, topic -> true);

        assertThat(permit.reserve(20, 30)).isEqualTo(30);
        assertThat(permit.reserve(50, 200)).isEqualTo(50);
        assertThat(inFlight.bytes()).isEqualTo(50);
        assertThat(permit.isExhausted()).as("the needed bytes are available").isFalse();
        assertThat(permit.reserve(150, 200)).isZero();
        assertThat(inFlight.bytes()).isEqualTo(50);
        assertThat(permit.isExhausted()).isTrue();
        assertThat(permit.reserve(10, 20)).isEqualTo(20);
        assertThat(permit.reserve(10, 200)).isEqualTo(10);
        assertThat(inFlight.bytes()).as("reserved bytes are kept").isEqualTo(50);
        permit.close();
        assertThat(permit.reserve(1, 2)).isZero();
        assertThat(inFlight.bytes()).isZero();
    }

    @Example
    void closedPermit_hasNoBytes_andIsNotExhausted() {
        InFlight inFlight = new InFlight(5, 100, 100, false);
        Permit permit = new Permit(inFlight.enter("client", true, 10), 10, RateLimiter.UNLIMITED, null, topic -> true);

        permit.close();

        assertThat(permit.bytes()).isZero();
        assertThat(permit.grow(1)).isFalse();
        assertThat(permit.isExhausted()).isFalse();
    }

    @Property
    void permitsReleasedInAnyOrder_addUp(@ForAll @Size(max = 200) List<@IntRange(max = 999) Integer> steps) {
        InFlight inFlight = new InFlight(5, 100, 100, false);
        List<Permit> permits = new ArrayList<>();
        List<Long> held = new ArrayList<>();
        for (int step : steps) {
            long bytes = step % 50;
            int which = permits.isEmpty() ? -1 : step / 10 % permits.size();
            boolean hasRoom = sum(held) + bytes <= 100;
            switch (which < 0 ? 0 : step % 4) {
                case 0 -> {
                    ClientShare share = inFlight.enter("client", true, bytes);
                    assertThat(share != null).isEqualTo(hasRoom && open(held) < 5);
                    if (share != null) {
                        permits.add(new Permit(share, bytes, RateLimiter.UNLIMITED, null, topic -> true));
                        held.add(bytes);
                    }
                }
                case 1 -> {
                    boolean isOpen = held.get(which) >= 0;
                    boolean hasGrown = permits.get(which).grow(bytes);
                    assertThat(hasGrown).isEqualTo(isOpen && hasRoom);
                    held.set(which, hasGrown ? held.get(which) + bytes : held.get(which));
                }
                case 2 -> {
                    long less = Math.min(bytes, Math.max(0, held.get(which)));
                    permits.get(which).shrink(less);
                    held.set(which, held.get(which) - less);
                }
                default -> {
                    permits.get(which).close();
                    held.set(which, -1L);
                }
            }
            assertThat(inFlight.bytes()).isEqualTo(sum(held));
            assertThat((long) inFlight.requests()).isEqualTo(open(held));
        }
    }

    private static long sum(List<Long> held) {
        return held.stream()
                .filter(bytes -> bytes >= 0)
                .mapToLong(Long::longValue)
                .sum();
    }

    private static long open(List<Long> held) {
        return held.stream().filter(bytes -> bytes >= 0).count();
    }

    @Example
    void permitsUsedByManyThreads_neverExceedTheLimits_andAreAllReleased() throws Exception {
        InFlight inFlight = new InFlight(3, 1000, 1000, false);
        // Half of the threads close permits: with one thread per worker, they would be closed after the workers end.
        ExecutorService threads = Executors.newFixedThreadPool(2 * THREADS);
        List<Callable<Integer>> workers = new ArrayList<>();
        for (int seed = 0; seed < THREADS; seed++) {
            Random random = new Random(seed);
            workers.add(() -> work(inFlight, threads, random));
        }
        int taken = 0;
        for (Future<Integer> worker : threads.invokeAll(workers)) {
            taken += worker.get();
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(2, TimeUnit.MINUTES)).isTrue();

        assertThat(taken).isGreaterThan(1000);
        assertThat(inFlight.requests()).isZero();
        assertThat(inFlight.bytes()).isZero();
    }

    /** Closes each permit twice, once on another thread, possibly while it grows or shrinks. */
    private static int work(InFlight inFlight, ExecutorService others, Random random) {
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            long bytes = random.nextInt(400);
            ClientShare share = inFlight.enter("client", true, bytes);
            if (share != null) {
                taken++;
                Permit permit = new Permit(share, bytes, RateLimiter.UNLIMITED, null, topic -> true);
                others.execute(permit::close);
                if (permit.grow(100)) {
                    permit.shrink(random.nextInt(100));
                }
                permit.close();
            }
            assertThat(inFlight.requests()).isBetween(0, 3);
            assertThat(inFlight.bytes()).isBetween(0L, 1000L);
        }
        return taken;
    }

    @Example
    void shrink_byMoreThanCharged_isRejected() {
        InFlight inFlight = new InFlight(1, 10, 10, false);
        Permit permit = new Permit(inFlight.enter("client", true, 5), 5, RateLimiter.UNLIMITED, null, topic -> true);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> permit.shrink(6))
                .withMessage("6 bytes returned, but only 5 are charged");
        assertThat(inFlight.bytes()).isEqualTo(5);
    }

    @Example
    void invalidLimits_areRejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> new InFlight(0, 1, 1, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new InFlight(500_001, 1, 1, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new InFlight(1, 0, 0, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new InFlight(1, Long.MAX_VALUE, Long.MAX_VALUE, false));
        long maxBytes = 8L << 40; // 8 TiB
        assertThatIllegalArgumentException().isThrownBy(() -> new InFlight(1, maxBytes + 1, 1, false));
        InFlight most = new InFlight(500_000, maxBytes, maxBytes, false);
        assertThat(most.enter("client", true, Long.MAX_VALUE)).isNull();
    }
}
