package io.wadi.landing.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.TopicPartition;

/** File names are the record of what has landed: each range round-trips through its name. */
class NamesPropertyTest {
    @Property
    void landedFile_roundTripsThroughItsName(@ForAll("files") LandedFile file) {
        assertThat(LandedFile.parse(file.name())).contains(file);
    }

    @Property
    void landedFiles_sortedByName_areSortedByOffset(
            @ForAll("ranges") List<OffsetRange> ranges, @ForAll("topics") String topic) {
        List<LandedFile> files = ranges.stream()
                .map(range -> new LandedFile(new TopicPartition(topic, 3), range.first(), range.last()))
                .toList();

        assertThat(files.stream().sorted(Comparator.comparing(LandedFile::name)))
                .containsExactlyElementsOf(files.stream()
                        .sorted(LandedFile.BY_OFFSET.thenComparingLong(LandedFile::last))
                        .toList());
    }

    @Property
    void landedFileNameWithAnExtraCharacter_isInvalidOrHasTheSameOffsets(
            @ForAll("files") LandedFile file, @ForAll char added, @ForAll("at") int at) {
        StringBuilder name = new StringBuilder(file.name());
        name.insert(at % name.length(), added);

        LandedFile.parse(name.toString())
                .ifPresent(parsed -> assertThat(new OffsetRange(parsed.first(), parsed.last()))
                        .isEqualTo(new OffsetRange(file.first(), file.last())));
    }

    @Property
    void offsetRange_roundTripsThroughItsName(@ForAll("range") OffsetRange range) {
        assertThat(OffsetRange.parse(range.name())).contains(range);
    }

    @Property
    void compactingFile_roundTripsThroughItsName_andIsNotALandedFile(
            @ForAll("files") LandedFile file, @ForAll("at") int length, @ForAll("at") int more) {
        CompactingFile compacting = new CompactingFile(
                file.name(), length, file.last() + 1 + more, UUID.randomUUID().toString());

        assertThat(CompactingFile.parse(compacting.name())).contains(compacting);
        assertThat(LandedFile.parse(compacting.name())).isEmpty();
        assertThat(compacting.covers(length)).isEqualTo(file);
        assertThat(compacting.covers(length + 1L))
                .isEqualTo(new LandedFile(file.partition(), file.first(), file.last() + 1 + more));
        assertThat(CompactingFile.parse(file.name())).isEmpty();
    }

    @Provide
    Arbitrary<String> topics() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('0', '9')
                .withChars("._-")
                .ofMinLength(1)
                .ofMaxLength(249);
    }

    @Provide
    Arbitrary<OffsetRange> range() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, Long.MAX_VALUE / 4),
                        Arbitraries.longs().between(0, Long.MAX_VALUE / 4))
                .as((first, more) -> new OffsetRange(first, first + more));
    }

    @Provide
    Arbitrary<List<OffsetRange>> ranges() {
        return range().list().uniqueElements().ofMaxSize(20);
    }

    @Provide
    Arbitrary<Integer> at() {
        return Arbitraries.integers().between(0, 400);
    }

    @Provide
    Arbitrary<LandedFile> files() {
        return Combinators.combine(topics(), Arbitraries.integers().between(0, Integer.MAX_VALUE), range())
                .as((topic, partition, range) ->
                        new LandedFile(new TopicPartition(topic, partition), range.first(), range.last()));
    }
}
