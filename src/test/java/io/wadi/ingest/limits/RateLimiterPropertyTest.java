package io.wadi.ingest.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** A client's rate equals that of a token bucket that fills evenly, for any sequence of requests. */
class RateLimiterPropertyTest {
    private static final long SECOND = 1_000_000_000;

    /** Time that passes, followed by one token taken or several charged. */
    record Step(long nanos, int charge) {}

    /** A token bucket by definition. Its level is in tokens × nanoseconds, so that all values are integers. */
    private static final class Model {
        private final long perSecond;
        private final long burst;
        private long level;

        Model(Rate rate) {
            perSecond = rate.perSecond();
            burst = rate.burst() * SECOND;
            level = burst;
        }

        void pass(long nanos) {
            level = Math.min(burst, level + nanos * perSecond);
        }

        boolean take() {
            if (level < SECOND) {
                return false;
            }
            level -= SECOND;
            return true;
        }

        long secondsToWait() {
            long nanos = (SECOND - level + perSecond - 1) / perSecond;
            return Math.max(1, (nanos + SECOND - 1) / SECOND);
        }
    }

    @Property
    void take_behavesLikeATokenBucket(
            @ForAll @IntRange(min = 1, max = 5000) int perSecond,
            @ForAll @IntRange(min = 1, max = 50) int burst,
            @ForAll("steps") List<Step> steps) {
        ManualTime time = new ManualTime();
        Rate rate = new Rate(perSecond, burst);
        RateLimiter client = RateLimiter.of(rate, time);
        Model model = new Model(rate);

        for (Step step : steps) {
            time.pass(Duration.ofNanos(step.nanos()));
            model.pass(step.nanos());
            if (step.charge() > 0) {
                client.charge(step.charge());
                model.level -= step.charge() * SECOND;
            } else {
                boolean expected = model.take();
                int wait = client.take();
                assertThat(wait == 0).isEqualTo(expected);
                assertThat((long) wait).isEqualTo(expected ? 0 : model.secondsToWait());
            }
        }
    }

    @Property
    void take_afterTheReturnedSeconds_succeeds(
            @ForAll @IntRange(min = 1, max = 5000) int perSecond,
            @ForAll @IntRange(min = 1, max = 100_000) int charge) {
        ManualTime time = new ManualTime();
        RateLimiter client = RateLimiter.of(new Rate(perSecond, 1), time);
        client.charge(charge);

        int wait = client.take();
        assertThat(wait).isPositive();
        time.pass(Duration.ofSeconds(wait - 1));
        assertThat(wait == 1 || client.take() == 1).isTrue();
        time.pass(Duration.ofSeconds(1));
        assertThat(client.take()).isZero();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> nanos = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(0L)),
                Tuple.of(3, Arbitraries.longs().between(1, 5_000_000)),
                Tuple.of(1, Arbitraries.longs().between(1, 10 * SECOND)));
        Arbitrary<Integer> charges = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.just(0)),
                Tuple.of(1, Arbitraries.integers().between(1, 200)));
        return Combinators.combine(nanos, charges)
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(200);
    }
}
