package io.wadi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.ChildJvm;
import java.time.Duration;
import java.util.Collections;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Random moments to kill or freeze a process: each comes when a counter has increased by a random number. */
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

    /**
     * Starts pairs of processes: freezes the first at the next moment until the second has taken over its partitions
     * and reached a moment, and continues it. Both then run until the next moment and are stopped.
     *
     * @param group the consumer group of the processes
     */
    public void freeze(int times, String group, Callable<RouteProcess> start) throws Exception {
        for (int freeze = 1; freeze <= times; freeze++) {
            try (RouteProcess zombie = start.call()) {
                awaitNext(zombie);
                zombie.signal("STOP");
                Set<String> frozen = GroupProbe.members(group);
                try (RouteProcess next = start.call()) {
                    Awaitility.await("another member than %s, see %s".formatted(frozen, next.log()))
                            .atMost(ChildJvm.START_TIMEOUT)
                            .until(() -> isOnlyOfOthers(GroupProbe.members(group), frozen));
                    awaitNext(next);
                    zombie.signal("CONT");
                    awaitNext(next);
                    // Exit code 2: it could not complete its batch, which the next owner has taken over.
                    assertThat(zombie.stop())
                            .as("exit code, see %s", zombie.log())
                            .isIn(0, 2);
                    assertThat(next.stop()).as("exit code, see %s", next.log()).isZero();
                }
            }
        }
    }

    private static boolean isOnlyOfOthers(Set<String> members, Set<String> frozen) {
        return !members.isEmpty() && Collections.disjoint(members, frozen);
    }
}
