package io.wadi.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.runtime.config.SettingsException;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class MemoryPlanTest {
    private static final long MIB = 1 << 20;

    /** Covers all combinations of values that the settings allow. */
    @Property
    void pools_neverExceedTheirShareOfTheHeap(
            @ForAll @LongRange(min = 32, max = 1 << 20) long heapMib,
            @ForAll @LongRange(min = MIB, max = 64L << 30) long inFlight,
            @ForAll @IntRange(min = 1, max = 500_000) int requests,
            @ForAll @LongRange(min = 1 << 10, max = 64 << 20) long maxEvent,
            @ForAll @IntRange(min = 1, max = 1_000_000) int connections,
            @ForAll boolean isTls,
            @ForAll @IntRange(min = 100, max = 1_000_000) int clients,
            @ForAll @IntRange(min = 2, max = 10_000) int managementConnections) {
        long heap = heapMib * MIB;
        MemoryPlan plan;
        try {
            plan = MemoryPlan.of(heap, inFlight, requests, maxEvent, connections, isTls, clients);
        } catch (SettingsException tooLarge) {
            assertThat(maxEvent).isGreaterThan(Math.min(inFlight, heap / 6) - (512 << 10));
            return;
        }

        MemoryPlan.Management management = MemoryPlan.Management.of(heap, managementConnections);
        assertThat(plan.total()
                        + management.total()
                        + MemoryPlan.Receipts.of(heap).total())
                .isLessThanOrEqualTo(heap * MemoryPlan.LARGEST_PERCENT / 100);
        assertThat(management.connections()).isBetween(2, managementConnections);
        assertThat(management.held()).isPositive();
        assertThat(management.readings()).isBetween(2, 4);
        assertThat(management.perReading()).isPositive();
        assertThat(management.logins()).isBetween(1, 10_000);
        assertThat(plan.inFlight()).isBetween(plan.leastShare(maxEvent), inFlight);
        assertThat(plan.requests()).isBetween(1, requests);
        assertThat(plan.connections()).isBetween(1, connections);
        assertThat(plan.producer()).isPositive();
        assertThat(plan.clients()).isBetween(100, clients);
        assertThat(plan.tokens()).isBetween(MIB / 2, 16 * MIB);
    }

    @Example
    void settings_applyWithALargeHeap() {
        MemoryPlan plan = MemoryPlan.of(2048 * MIB, 64 * MIB, 4096, 1000 << 10, 10_000, false, 20_000);

        assertThat(plan)
                .hasToString("of a heap of 2048 MiB: 64 MiB for bodies and results, 16 MiB for 4,096 requests,"
                        + " 96 MiB for the producer, 117 MiB for 10,000 connections, 19 MiB for rates of 20,000 clients,"
                        + " 16 MiB for verified tokens, 64 MiB for events that bypass an inbox");
    }

    /** The largest values of all settings, with heaps from the smallest to a large one. */
    @Property
    void largestSettings_areLimitedByTheHeap(@ForAll @LongRange(min = 32, max = 8 << 10) long heapMib) {
        long heap = heapMib * MIB;

        MemoryPlan plan = MemoryPlan.of(heap, 64L << 30, 500_000, 1 << 10, 1_000_000, true, 1_000_000);

        assertThat(plan.inFlight()).isEqualTo(heap / 6);
        assertThat(plan.requests() * 4096L).isBetween(heap / 32 - 4096, heap / 32);
        assertThat(plan.total()
                        + MemoryPlan.Management.of(heap, 10_000).total()
                        + MemoryPlan.Receipts.of(heap).total())
                .isLessThanOrEqualTo(heap * MemoryPlan.LARGEST_PERCENT / 100);
    }

    @Example
    void managementPort_hasItsOwnPools() {
        assertThat(MemoryPlan.Management.of(2048 * MIB, 256))
                .hasToString(
                        "3 MiB for 256 connections, 64 MiB for requests and responses, 32 MiB for 4 concurrent reads,"
                                + " 21 MiB for 10,000 logins");
        assertThat(MemoryPlan.Management.of(256 * MIB, 1000))
                .hasToString(
                        "3 MiB for 341 connections, 16 MiB for requests and responses, 16 MiB for 2 concurrent reads,"
                                + " 3 MiB for 1,820 logins");
    }

    /** With a heap of 128 MiB, sixteen loops exceeded it with events of half the default maximum size. */
    @Example
    void eventLoops_areLimitedByTheHeap() {
        assertThat(MemoryPlan.eventLoops(128 * MIB, 64, 32)).isEqualTo(2);
        assertThat(MemoryPlan.eventLoops(128 * MIB, 0, 32)).isEqualTo(2);
        assertThat(MemoryPlan.eventLoops(64 * MIB - 1, 0, 1)).isEqualTo(1);
        assertThat(MemoryPlan.eventLoops(2048 * MIB, 0, 8)).isEqualTo(4);
        assertThat(MemoryPlan.eventLoops(2048 * MIB, 12, 8)).isEqualTo(12);
    }

    @Example
    void receipts_haveTheirOwnPools() {
        assertThat(MemoryPlan.Receipts.of(512 * MIB)).hasToString("16 MiB for dead letters, 8 MiB for states");
        assertThat(MemoryPlan.Receipts.of(128 * MIB)).hasToString("4 MiB for dead letters, 2 MiB for states");
    }

    @Example
    void maxEventAboveTheRequestMemory_isRejected() {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> MemoryPlan.of(96 * MIB, 64 * MIB, 4096, 32 * MIB, 100, false, 100))
                .withMessage(
                        "wadi.ingest.max-event is 33554432 bytes, expected at most 16252928: 524288 bytes less than"
                                + " the limit of all requests in flight, which is wadi.ingest.max-in-flight-bytes"
                                + " (67108864), or a sixth of the heap of 96 MiB (-Xmx)");
    }

    /** A client may use twice the free part: two thirds. */
    @Example
    void maxBody_isLimitedToTheShareOfOneClient() {
        MemoryPlan plan = MemoryPlan.of(1024 * MIB, 12 * MIB, 4096, MIB, 100, false, 100);

        assertThat(plan.maxBody(8 * MIB, MIB)).isEqualTo(8 * MIB);
        assertThat(plan.maxBody(8 * MIB + 1, MIB)).isEqualTo(8 * MIB);
        assertThat(plan.maxBody(12 * MIB, 9 * MIB)).isEqualTo(plan.leastShare(9 * MIB));
    }
}
