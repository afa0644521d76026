package io.wadi.testing;

import io.wadi.local.ChildJvm;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Random moments to kill a process: each comes when a counter has increased by a random number. */
public final class RandomKills {
    private final String what;
    private final Callable<Long> count;
    private final int most;
    private final long seed;
    private final Random random;

    /**
     * Creates the moments of one test.
     *
     * @param what what is counted, for error messages
     * @param count returns the current count
     * @param most the maximum increase from one moment to the next
     * @param seed the seed of the random numbers
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
     * @param wadi the process whose log error messages name
     */
    public void awaitNext(RouteProcess wadi) throws Exception {
        long goal = count.call() + 1 + random.nextInt(most);
        Awaitility.await("%d %s, seed %d, see %s".formatted(goal, what, seed, wadi.log()))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .atMost(ChildJvm.START_TIMEOUT)
                .until(() -> count.call() >= goal);
    }

    /** Starts one process after another and kills each at the next moment. */
    public void kill(int times, Callable<RouteProcess> start) throws Exception {
        for (int kill = 1; kill <= times; kill++) {
            try (RouteProcess wadi = start.call()) {
                awaitNext(wadi);
                wadi.kill();
            }
        }
    }
}
