package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.topics.TopicIdentity;
import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.MemoryFileStore.Outcome;
import io.wadi.landing.files.CompactingFile;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.TimeBuckets;
import io.wadi.testing.AdjustableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Marks of a directory with files that are merged while it is listed. */
final class CompleteMarksTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);
    private static final Layout LAYOUT = new Layout("/data", TimeBuckets.DAY);
    private static final String DAY = "date=2026-11-24";
    private static final String DIRECTORY = LAYOUT.visible(PARTITION, DAY);
    private static final Instant NOW = Instant.parse("2026-11-25T12:30:00Z");

    private final MemoryFileStore store = new MemoryFileStore();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AdjustableClock clock = new AdjustableClock(NOW);
    private Optional<TopicIdentity> identity = Optional.empty();
    private final CompleteMarks marks = new CompleteMarks(store, any -> identity, meters, clock);

    @BeforeEach
    void land() {
        LongStream.rangeClosed(0, 7).forEach(offset -> put(offset, offset));
    }

    @Test
    void mergeDuringTheListing_doesNotChangeTheMark() throws Exception {
        round();
        assertThat(ranges()).isEqualTo("[{\"first\":0,\"last\":7}]");

        mergeDuringTheNextListing(0, 5);
        round();
        round();

        assertThat(ranges()).isEqualTo("[{\"first\":0,\"last\":7}]");
        assertThat(meters.find("wadi.landing.complete.markers.replaced").counters())
                .isEmpty();
    }

    @Test
    void mergeDuringTheFirstListing_isMarkedByALaterRound() throws Exception {
        mergeDuringTheNextListing(0, 7);

        round();
        round();

        assertThat(ranges()).isEqualTo("[{\"first\":0,\"last\":7}]");
        assertThat(meters.find("wadi.landing.complete.markers.replaced").counters())
                .isEmpty();
    }

    @Test
    void mergeInADay_thatEndsAfterLaterDaysAreForgotten_isMarkedByALaterRound() throws Exception {
        String merged = "date=2026-11-20";
        String later = "date=2026-11-21";
        LandedFile file = new LandedFile(PARTITION, 0, 1);
        String unfinished = LAYOUT.visible(PARTITION, merged) + "/"
                + new CompactingFile(new LandedFile(PARTITION, 0, 0).name(), 0, 1, new UUID(0, 1).toString()).name();
        store.put(unfinished, "");
        store.put(LAYOUT.visible(new LandedFile(PARTITION, 2, 3), later), "");
        round();
        round();
        round();
        assertThat(store.paths())
                .contains(LAYOUT.complete(PARTITION, later))
                .doesNotContain(LAYOUT.complete(PARTITION, merged));

        store.take(unfinished);
        store.put(LAYOUT.visible(file, merged), "");
        round();
        round();

        assertThat(store.paths()).contains(LAYOUT.complete(PARTITION, merged));
    }

    /** A sender's timestamp in microseconds, from before the topic had timestamps of the brokers. */
    @Test
    void dayInTheFarFuture_doesNotKeepEarlierDaysExamined() throws Exception {
        Layout hours = new Layout("/other", TimeBuckets.HOUR);
        String future = "date=+58877-01-01";
        String past = "date=2026-11-20";
        store.makeDirectory(hours.visible(PARTITION, future + "/hour=00"));
        store.makeDirectory(hours.visible(PARTITION, past + "/hour=00"));
        store.put(hours.visible(new LandedFile(PARTITION, 0, 0), future + "/hour=00"), "");
        store.put(hours.visible(new LandedFile(PARTITION, 1, 1), past + "/hour=00"), "");
        for (int i = 0; i < 3; i++) {
            clock.pass(Duration.ofMinutes(1));
            marks.write(hours, PARTITION, NOW);
        }
        assertThat(store.paths()).contains(hours.complete(PARTITION, past + "/hour=00"));

        List<String> listed = new ArrayList<>();
        store.setFaults((operation, path) -> {
            if (operation == Operation.LIST) {
                listed.add(path);
            }
            return Outcome.DONE;
        });
        clock.pass(Duration.ofMinutes(1));
        marks.write(hours, PARTITION, NOW);

        assertThat(listed).containsOnly(hours.visible(PARTITION));
    }

    @Test
    void clockThatIsSetBack_delaysNoMark() throws Exception {
        round();
        round();
        String next = "date=2026-11-25";
        store.put(LAYOUT.visible(new LandedFile(PARTITION, 8, 9), next), "");

        clock.pass(Duration.ofHours(-1));
        marks.write(LAYOUT, PARTITION, NOW.plus(Duration.ofDays(1)));

        assertThat(store.paths()).contains(LAYOUT.complete(PARTITION, next));
    }

    @Test
    void directoryThatWasMarkedWhileTheClockWasAhead_isMarkedAgain() throws Exception {
        clock.pass(Duration.ofDays(10));
        for (int i = 0; i < 3; i++) {
            clock.pass(Duration.ofMinutes(1));
            marks.write(LAYOUT, PARTITION, NOW.plus(Duration.ofDays(10)));
        }
        assertThat(ranges()).isEqualTo("[{\"first\":0,\"last\":7}]");

        clock.pass(Duration.ofDays(-10));
        put(8, 9);
        round();

        assertThat(ranges()).isEqualTo("[{\"first\":0,\"last\":9}]");
    }

    /** Files beside the directory can contain records of its time if landing closed them since its begin. */
    @ParameterizedTest
    @CsvSource({
        "'', DAY, date=2026-11-24, 2026-11-24T12:00:00Z, false",
        "'', DAY, date=2026-11-24, 2026-11-23T12:00:00Z, true",
        "'', HOUR, date=2026-11-24/hour=07, 2026-11-24T07:10:00Z, false",
        "'', HOUR, date=2026-11-24/hour=07, 2026-11-24T06:10:00Z, true",
        "/date=2026-11-24, HOUR, date=2026-11-24/hour=07, 2026-11-24T07:10:00Z, false",
        "/date=2026-11-24, HOUR, date=2026-11-24/hour=07, 2026-11-24T06:10:00Z, true",
        "/date=2026-11-23, HOUR, date=2026-11-24/hour=07, 2026-11-24T07:10:00Z, true",
        "/date=2026-11-24/hour=07, DAY, date=2026-11-24, 2026-11-24T07:10:00Z, false",
        "/date=2026-11-23/hour=07, DAY, date=2026-11-24, 2026-11-24T07:10:00Z, true",
    })
    void directory_isMarked_unlessAnotherDivisionByTimeHasFilesOfItsTime(
            String elsewhere, TimeBuckets times, String directory, Instant closed, boolean isMarked) throws Exception {
        Layout layout = new Layout("/other", times);
        String before = new LandedFile(PARTITION, 0, 9).name();
        store.makeDirectory(layout.visible(PARTITION, directory));
        store.makeDirectory(layout.visible(PARTITION) + elsewhere);
        store.put(layout.visible(PARTITION) + elsewhere + "/" + before, "", closed);
        store.put(layout.visible(new LandedFile(PARTITION, 10, 11), directory), "", NOW);

        for (int i = 0; i < 3; i++) {
            clock.pass(Duration.ofMinutes(1));
            marks.write(layout, PARTITION, NOW);
        }

        assertThat(store.paths().contains(layout.complete(PARTITION, directory)))
                .isEqualTo(isMarked);
    }

    /** During the merge, the merged file has the time of the merge; afterwards that of its newest part. */
    @ParameterizedTest
    @CsvSource({
        "'', HOUR, date=2026-11-24/hour=07",
        "/date=2026-11-24, HOUR, date=2026-11-24/hour=07",
        "/date=2026-11-24/hour=07, DAY, date=2026-11-24",
    })
    void mergeInAnotherDivisionByTime_delaysTheMarkOnly(String elsewhere, TimeBuckets times, String directory)
            throws Exception {
        Layout layout = new Layout("/other", times);
        String beside = layout.visible(PARTITION) + elsewhere + "/";
        CompactingFile merge =
                new CompactingFile(new LandedFile(PARTITION, 0, 4).name(), 0, 9, new UUID(0, 1).toString());
        store.makeDirectory(layout.visible(PARTITION, directory));
        store.put(beside + merge.name(), "merged", NOW);
        store.put(layout.visible(new LandedFile(PARTITION, 10, 11), directory), "", NOW);
        clock.pass(Duration.ofMinutes(1));
        marks.write(layout, PARTITION, NOW);
        assertThat(store.paths()).doesNotContain(layout.complete(PARTITION, directory));

        store.take(beside + merge.name());
        store.put(beside + merge.result(), "merged", Instant.parse("2026-11-20T00:00:00Z"));
        clock.pass(Duration.ofMinutes(1));
        marks.write(layout, PARTITION, NOW);

        assertThat(store.paths()).contains(layout.complete(PARTITION, directory));
    }

    /** The watermark of a recreated topic is ahead of records of the former one that have not landed. */
    @Test
    void directoryOfAnotherTopicWithTheName_isNotMarked() throws Exception {
        store.put(LAYOUT.origin(PARTITION.topic()), "topic-id=former\ncluster-id=here\n");
        identity = Optional.of(new TopicIdentity("recreated", "here"));

        round();

        assertThat(store.paths()).doesNotContain(LAYOUT.complete(PARTITION, DAY));
        assertThat(marks.conflict(PARTITION.topic()).orElseThrow()).startsWith(LAYOUT.origin(PARTITION.topic()) + ": ");

        identity = Optional.of(new TopicIdentity("former", "here"));
        round();

        assertThat(store.paths()).contains(LAYOUT.complete(PARTITION, DAY));
        assertThat(marks.conflict(PARTITION.topic())).isEmpty();
    }

    /** Otherwise the former reason would be reported until a directory of the recreated topic is complete. */
    @Test
    void conflict_endsWhenTheDirectoryOfTheOtherTopicIsMovedAway() throws Exception {
        store.put(LAYOUT.origin(PARTITION.topic()), "topic-id=former\ncluster-id=here\n");
        identity = Optional.of(new TopicIdentity("recreated", "here"));
        round();
        round();
        assertThat(marks.conflict(PARTITION.topic())).isPresent();

        store.take(LAYOUT.origin(PARTITION.topic()));
        LongStream.rangeClosed(0, 7).forEach(offset -> store.take(path(offset, offset)));
        round();

        assertThat(marks.conflict(PARTITION.topic())).isEmpty();
    }

    private void mergeDuringTheNextListing(long first, long last) {
        int[] pages = {0};
        store.setFaults((operation, path) -> {
            if (operation == Operation.LIST && path.equals(DIRECTORY) && ++pages[0] == 2) {
                LongStream.rangeClosed(first, last).forEach(offset -> store.take(path(offset, offset)));
                put(first, last);
            }
            return Outcome.DONE;
        });
    }

    private void round() throws Exception {
        clock.pass(Duration.ofMinutes(1));
        marks.write(LAYOUT, PARTITION, NOW);
    }

    private String ranges() throws Exception {
        byte[] mark = store.read(LAYOUT.complete(PARTITION, DAY));
        return new ObjectMapper()
                .readTree(new String(mark, UTF_8))
                .get("ranges")
                .toString();
    }

    private void put(long first, long last) {
        store.put(path(first, last), "");
    }

    private static String path(long first, long last) {
        return LAYOUT.visible(new LandedFile(PARTITION, first, last), DAY);
    }
}
