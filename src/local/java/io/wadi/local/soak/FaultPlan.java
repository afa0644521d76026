package io.wadi.local.soak;

import io.wadi.local.soak.Fault.What;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * The faults of a run, derived from a seed: one every two minutes, from two to sixty, each at a random time of its slot
 * and repaired well before the next. Every kind occurs once before one is repeated. The first and the last eighth of
 * the run have no fault.
 *
 * <p>The second process of a role may be frozen, but is never killed, so that its resource use is measured over the
 * whole run.
 */
final class FaultPlan {
    private static final Duration INTERVAL = Duration.ofMinutes(2);
    private static final int MIN_FAULTS = 2;
    private static final int MAX_FAULTS = 60;
    private static final int QUIET_SHARE = 8;
    private static final int SHORTEST_S = 5;
    private static final int LONGEST_S = 20;

    private FaultPlan() {}

    /** Returns the plan, which is the same for the same seed and length. */
    static List<Fault> of(long seed, Duration length) {
        Random random = new Random(seed);
        int count = Math.max(MIN_FAULTS, (int) Math.min(MAX_FAULTS, length.dividedBy(INTERVAL)));
        Duration quiet = length.dividedBy(QUIET_SHARE);
        Duration share = length.minus(quiet.multipliedBy(2)).dividedBy(count);
        int longest = (int) Math.min(LONGEST_S, Math.max(SHORTEST_S, share.toSeconds() / 3));
        Deque<What> deck = new ArrayDeque<>();
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (deck.isEmpty()) {
                List<What> all = new ArrayList<>(List.of(What.values()));
                Collections.shuffle(all, random);
                deck.addAll(all);
            }
            What what = deck.remove();
            Duration at =
                    quiet.plus(share.multipliedBy(i)).plusMillis((long) (random.nextDouble() * share.toMillis() / 4));
            int member = what.role() == null || what.ends() ? 1 : 1 + random.nextInt(2);
            Duration lasts = Duration.ofSeconds(SHORTEST_S + random.nextInt(longest - SHORTEST_S + 1));
            faults.add(new Fault(i + 1, at, what, member, lasts));
        }
        return faults;
    }
}
