package io.wadi.landing.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.landing.files.Coverage.Overlap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The properties compare {@code Coverage} with a count offset by offset. */
class CoverageTest {
    private static OffsetRange range(long first, long last) {
        return new OffsetRange(first, last);
    }

    // ---- by example

    @Test
    void of_noRanges_isEmpty() {
        assertThat(Coverage.of(List.of())).isEqualTo(new Coverage(List.of(), List.of(), List.of()));
    }

    @Test
    void of_adjacentRanges_isOneRange() {
        assertThat(Coverage.of(List.of(range(5, 9), range(0, 4), range(10, 10))))
                .isEqualTo(new Coverage(List.of(range(0, 10)), List.of(), List.of()));
    }

    @Test
    void of_rangeWithinAnother_overlapsEntirely() {
        assertThat(Coverage.of(List.of(range(0, 9), range(3, 4), range(12, 12))))
                .isEqualTo(new Coverage(
                        List.of(range(0, 9), range(12, 12)),
                        List.of(range(10, 11)),
                        List.of(new Overlap(0, 1, range(3, 4)))));
    }

    @Test
    void of_maximumOffset_doesNotOverflow() {
        assertThat(Coverage.of(List.of(range(0, Long.MAX_VALUE), range(7, Long.MAX_VALUE), range(9, 9)))
                        .covered())
                .containsExactly(range(0, Long.MAX_VALUE));
        assertThat(Coverage.without(range(3, Long.MAX_VALUE), List.of(range(5, Long.MAX_VALUE))))
                .containsExactly(range(3, 4));
    }

    // ---- by counting

    @Property
    void covered_returnsTheFewestRanges(@ForAll("ranges") List<OffsetRange> ranges) {
        List<OffsetRange> covered = Coverage.of(ranges).covered();

        assertThat(offsets(covered)).isEqualTo(counted(ranges, 1));
        for (int i = 1; i < covered.size(); i++) {
            assertThat(covered.get(i).first())
                    .as("%s", covered)
                    .isGreaterThan(covered.get(i - 1).last() + 1);
        }
    }

    @Property
    void gaps_areOffsetsBetweenFirstAndLastInNoRange(@ForAll("ranges") List<OffsetRange> ranges) {
        NavigableSet<Long> in = counted(ranges, 1);
        Set<Long> between = in.isEmpty() ? Set.of() : offsets(List.of(range(in.first(), in.last())));

        assertThat(offsets(Coverage.of(ranges).gaps()))
                .isEqualTo(new TreeSet<>(
                        between.stream().filter(offset -> !in.contains(offset)).toList()));
    }

    @Property
    void overlaps_containEachOffsetInMoreThanOneRange_withItsRanges(@ForAll("ranges") List<OffsetRange> ranges) {
        List<Overlap> overlaps = Coverage.of(ranges).overlaps();

        assertThat(offsets(overlaps.stream().map(Overlap::offsets).toList())).isEqualTo(counted(ranges, 2));
        for (Overlap overlap : overlaps) {
            assertThat(overlap.one()).isNotEqualTo(overlap.other());
            for (OffsetRange one : List.of(ranges.get(overlap.one()), ranges.get(overlap.other()))) {
                assertThat(offsets(List.of(one))).containsAll(offsets(List.of(overlap.offsets())));
            }
        }
    }

    @Property
    void of_doesNotDependOnTheOrder(@ForAll("ranges") List<OffsetRange> ranges, @ForAll long seed) {
        List<OffsetRange> shuffled = new ArrayList<>(ranges);
        Collections.shuffle(shuffled, new Random(seed));

        assertThat(Coverage.of(shuffled).covered())
                .isEqualTo(Coverage.of(ranges).covered());
        assertThat(Coverage.of(shuffled).gaps()).isEqualTo(Coverage.of(ranges).gaps());
    }

    @Property
    void of_contiguousFiles_isOneRangeWithoutGapOrOverlap(
            @ForAll("cuts") Set<Long> cuts, @ForAll("offset") long begin) {
        List<OffsetRange> files = new ArrayList<>();
        long first = begin;
        for (long cut : new TreeSet<>(cuts)) {
            files.add(range(first, begin + cut));
            first = begin + cut + 1;
        }

        assertThat(Coverage.of(files)).isEqualTo(new Coverage(List.of(range(begin, first - 1)), List.of(), List.of()));
    }

    @Property
    void without_returnsOffsetsOfTheRangeInNoOtherRange(
            @ForAll("range") OffsetRange range, @ForAll("ranges") List<OffsetRange> removed) {
        NavigableSet<Long> expected = offsets(List.of(range));
        expected.removeAll(offsets(removed));

        assertThat(offsets(Coverage.without(range, removed))).isEqualTo(expected);
    }

    @Provide
    Arbitrary<Long> offset() {
        return Arbitraries.longs().between(0, 60);
    }

    @Provide
    Arbitrary<OffsetRange> range() {
        return Combinators.combine(offset(), Arbitraries.longs().between(0, 12))
                .as((first, more) -> new OffsetRange(first, first + more));
    }

    @Provide
    Arbitrary<List<OffsetRange>> ranges() {
        return range().list().ofMaxSize(12);
    }

    @Provide
    Arbitrary<Set<Long>> cuts() {
        return offset().set().ofMinSize(1).ofMaxSize(20);
    }

    /** Returns the offsets that at least {@code atLeast} of the ranges contain. */
    private static NavigableSet<Long> counted(List<OffsetRange> ranges, int atLeast) {
        TreeMap<Long, Integer> counts = new TreeMap<>();
        for (OffsetRange range : ranges) {
            LongStream.rangeClosed(range.first(), range.last())
                    .forEach(offset -> counts.merge(offset, 1, Integer::sum));
        }
        counts.values().removeIf(count -> count < atLeast);
        return new TreeSet<>(counts.keySet());
    }

    /** Returns the offsets of all ranges. */
    private static NavigableSet<Long> offsets(List<OffsetRange> ranges) {
        return counted(ranges, 1);
    }
}
