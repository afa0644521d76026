package io.wadi.testing;

import io.wadi.local.ChildJvm;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Random moments to kill a process at: each when something that it does has been done a random number of times more. */
public final class RandomKills {
    private final String what;
    private final Callable<Long> count;
    private final int most;
    private final long seed;
    private final Random random;

    /**
     * The moments of one test.
     *
     * @param what is counted, for errors
     * @param count how many there are now
     * @param most that are done from one moment to the next
     * @param seed of the numbers; the same one makes the same numbers
     */
    public RandomKills(String what, Callable<Long> count, int most, long seed) {
        this.what = what;
        this.count = count;
        this.most = most;
        this.seed = seed;
        this.random = new Random(seed);
    }

    /**
     * Waits for the next moment.
     *
     * @param wadi the process that counts, for errors
     */
    public void awaitNext(RouteProcess wadi) throws Exception {
        long goal = count.call() + 1 + random.nextInt(most);
        Awaitility.await("%d %s, seed %d, see %s".formatted(goal, what, seed, wadi.log()))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .atMost(ChildJvm.START_TIMEOUT)
                .until(() -> count.call() >= goal);
    }

    /** Starts one process after the other and kills each at the next moment. */
    public void kill(int times, Callable<RouteProcess> start) throws Exception {
        for (int kill = 1; kill <= times; kill++) {
            try (RouteProcess wadi = start.call()) {
                awaitNext(wadi);
                wadi.kill();
            }
        }
    }
}
