package io.wadi.ingest.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class MemoryPlanTest {
    private static final long MIB = 1 << 20;

    /** All that the settings allow, in all combinations. */
    @Property
    void pools_neverExceedTheirPartOfTheHeap(
            @ForAll @LongRange(min = 32, max = 1 << 20) long heapMib,
            @ForAll @LongRange(min = MIB, max = 64L << 30) long inFlight,
            @ForAll @LongRange(min = 1 << 10, max = 64 << 20) long maxEvent,
            @ForAll @IntRange(min = 1, max = 1_000_000) int connections,
            @ForAll boolean isTls) {
        long heap = heapMib * MIB;
        MemoryPlan plan;
        try {
            plan = MemoryPlan.of(heap, inFlight, maxEvent, connections, isTls);
        } catch (IllegalArgumentException tooLarge) {
            assertThat(maxEvent).isGreaterThan(Math.min(inFlight, heap / 6));
            return;
        }

        assertThat(plan.total()).isLessThanOrEqualTo(heap * MemoryPlan.LARGEST_PERCENT / 100);
        assertThat(plan.inFlight()).isBetween(maxEvent, inFlight);
        assertThat(plan.connections()).isBetween(1, connections);
        assertThat(plan.producer()).isPositive();
    }

    @Example
    void settings_holdWhereTheHeapIsLarge() {
        MemoryPlan plan = MemoryPlan.of(2048 * MIB, 64 * MIB, 1000 << 10, 10_000, false);

        assertThat(plan)
                .hasToString("of a heap of 2048 MiB: 64 MiB for requests, 96 MiB for the producer,"
                        + " 117 MiB for 10,000 connections");
    }

    @Example
    void eventThatIsLargerThanWhatRequestsMayHold_isAMistake() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MemoryPlan.of(96 * MIB, 64 * MIB, 32 * MIB, 100, false))
                .withMessage("wadi.intake.max-event is 33554432 bytes, and all requests together may hold 16777216:"
                        + " expected at most as many; wadi.intake.in-flight-bytes is 67108864, and of the heap of"
                        + " 96 MiB (-Xmx) a sixth");
    }
}
