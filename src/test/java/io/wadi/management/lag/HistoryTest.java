package io.wadi.management.lag;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.management.lag.EndHistory.Age;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The histories of commits and end offsets. */
class HistoryTest {
    private final EndHistory ends = new EndHistory();
    private final CommitHistory commits = new CommitHistory();

    @Test
    void age_isMeasuredFromWhenTheEndPassedTheOffset() {
        ends.add(10_000, 100);
        ends.add(20_000, 200);
        ends.add(30_000, 200);
        ends.add(40_000, 300);

        assertThat(ends.age(300, 45_000)).isEqualTo(new Age(0, true));
        assertThat(ends.age(250, 45_000)).isEqualTo(new Age(10_000, true));
        assertThat(ends.age(200, 45_000)).isEqualTo(new Age(15_000, true));
        assertThat(ends.age(150, 45_000)).isEqualTo(new Age(30_000, true));
        assertThat(ends.age(100, 45_000)).isEqualTo(new Age(35_000, true));
        assertThat(ends.age(99, 45_000)).isEqualTo(new Age(35_000, false));
    }

    @Test
    void end_isInterpolatedBetweenTwoSamples() {
        ends.add(10_000, 100);
        ends.add(20_000, 200);

        assertThat(ends.at(9_999)).isEqualTo(Commit.UNKNOWN);
        assertThat(ends.at(10_000)).isEqualTo(100);
        assertThat(ends.at(12_500)).isEqualTo(125);
        assertThat(ends.at(20_000)).isEqualTo(200);
        assertThat(ends.at(20_001)).isEqualTo(Commit.UNKNOWN);
    }

    @Test
    void lagOfACommit_isKnownOnceItsTimeIsSampled() {
        ends.add(10_000, 100);
        commits.add(new Commit(90, 9_000, Commit.UNKNOWN), 0);
        commits.add(new Commit(95, 15_000, Commit.UNKNOWN), 0);
        commits.add(new Commit(130, 19_000, Commit.UNKNOWN), 0);
        commits.updateLags(ends);
        assertThat(commits.commits()).extracting(Commit::lag).containsOnly(Commit.UNKNOWN);

        ends.add(20_000, 120);
        commits.updateLags(ends);

        assertThat(commits.commits()).extracting(Commit::lag).containsExactly(Commit.UNKNOWN, 15L, 0L);
    }

    @Test
    void ends_coverALongTimeWithAFixedNumberOfSamples() {
        for (long i = 0; i < 100_000; i++) {
            ends.add(i * 1000, i);
        }

        assertThat(ends.oldestRecent()).isEqualTo(99_990);
        Age first = ends.age(0, 100_000_000);
        assertThat(first.ms()).isEqualTo(100_000_000);
        assertThat(LongStream.of(99_992, 99_995, 99_999)
                        .map(offset -> ends.age(offset - 1, 100_000_000).ms()))
                .containsExactly(9_000L, 6_000L, 2_000L);
    }

    @Test
    void endOffsetThatWentBack_restartsTheHistory() {
        ends.add(10_000, 100);
        ends.add(20_000, 5);

        assertThat(ends.oldestRecent()).isEqualTo(5);
        assertThat(ends.age(4, 30_000)).isEqualTo(new Age(10_000, false));
    }

    @Test
    void clockThatIsSetBack_removesSamplesOfLaterTimes() {
        ends.add(10_000, 100);
        ends.add(3_600_000, 200);
        ends.add(3_610_000, 300);
        ends.add(30_000, 500);
        ends.add(40_000, 600);

        assertThat(ends.at(35_000)).isEqualTo(550);
        assertThat(ends.age(450, 40_000)).isEqualTo(new Age(12_500, true));
    }

    /** Of the broker, which sets the times of commits. */
    @Test
    void clockThatIsSetBack_isNoStop() {
        for (int i = 0; i < 5; i++) {
            commits.add(new Commit(100 + i, 3_600_000 + i * 10_000L, 50), 0);
        }
        for (int i = 0; i < 4; i++) {
            commits.add(new Commit(200 + i, 30_000 + i * 10_000L, 50), 0);
        }

        assertThat(LagEvaluator.of(commits.commits(), 900, 50, 65_000, new LagEvaluator.Rules(0, 3)))
                .isNotEqualTo(LagStatus.STOP);
    }

    @Test
    void commitsCloseTogether_areMergedIntoTheLast() {
        for (int i = 0; i <= 100; i++) {
            commits.add(new Commit(i, i * 100L, 0), 1000);
        }

        assertThat(commits.commits()).hasSize(CommitHistory.WINDOW);
        assertThat(commits.commits().get(9)).isEqualTo(new Commit(100, 10_000, 0));
        assertThat(commits.commits().get(0).timeMs()).isLessThanOrEqualTo(2000);
    }

    @Test
    void commitThatWentBack_isNotMerged() {
        commits.add(new Commit(10, 0, 0), 1000);
        commits.add(new Commit(20, 100, 0), 1000);
        commits.add(new Commit(5, 200, 0), 1000);
        commits.add(new Commit(30, 300, 0), 1000);

        assertThat(commits.commits()).extracting(Commit::offset).containsExactly(10L, 20L, 5L, 30L);
    }
}
