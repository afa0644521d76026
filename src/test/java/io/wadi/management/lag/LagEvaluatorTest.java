package io.wadi.management.lag;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.management.lag.LagEvaluator.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The status of known histories. Times are in seconds; the end offset at a commit is its offset plus its lag. */
class LagEvaluatorTest {
    private static final Pattern COMMIT = Pattern.compile("(\\d+)@(\\d+)\\+(\\d+|\\?)");

    /** Commits as offset@second+lag, separated by blanks; +? where the lag is not known. */
    private static List<Commit> commits(String text) {
        List<Commit> commits = new ArrayList<>();
        Matcher form = COMMIT.matcher(text);
        while (form.find()) {
            long lag = form.group(3).equals("?") ? Commit.UNKNOWN : Long.parseLong(form.group(3));
            commits.add(new Commit(Long.parseLong(form.group(1)), Long.parseLong(form.group(2)) * 1000, lag));
        }
        return commits;
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            # status  | why | commits | oldest end | lag now | now
            OK     | nothing was ever committed                      | ''                               |   0 | 900 | 999
            OK     | two commits are too few to judge                | 10@0+50 10@10+60                 | 100 | 900 | 999
            OK     | no lag, however long ago the last commit was    | 10@0+0 20@10+0 30@20+0           |  30 |   0 | 9999
            OK     | a decrease is ignored if there is no lag now    | 10@0+9 5@10+9 30@20+9            |  30 |   0 | 21
            STOP   | no commits for longer than the window           | 10@0+50 20@10+50 30@20+50        |  90 |  70 | 41
            WARN   | no commits for exactly the window               | 10@0+50 20@10+50 30@20+50        |  90 |  70 | 40
            OK     | no commits, but no lag a few samples ago        | 10@0+0 20@10+0 30@20+0           |  30 |   5 | 99
            STOP   | no commits, and no lag only at the last one     | 10@0+0 20@10+0 30@20+0           |  31 |   5 | 99
            STOP   | missing commits outweigh a decrease             | 10@0+9 5@10+9 8@20+9             |  90 |   5 | 99
            REWIND | an offset went back                             | 10@0+50 20@10+50 15@20+60 18@30+60 | 90 | 60 | 31
            REWIND | an offset went back and advanced again          | 10@0+50 5@10+60 30@20+40         |  90 |  40 | 21
            REWIND | earlier absence of lag does not hide a rewind   | 50@0+0 5@10+60 6@20+70           |  50 |  70 | 21
            OK     | there was no lag at one commit                  | 10@0+0 20@10+10 30@20+20         |  30 |  30 | 21
            STALL  | the same offset, and growing lag                | 10@0+10 10@10+20 10@20+30        |  20 |  35 | 21
            STALL  | the same offset, and constant lag               | 10@0+10 10@10+10 10@20+10        |  20 |  10 | 21
            STALL  | the same offset; earlier lags are unknown       | 10@0+? 10@10+? 10@20+?           |  20 |  10 | 21
            OK     | the same offset, but it was the end once        | 10@0+0 10@10+10 10@20+20         |  10 |  30 | 21
            WARN   | advancing, and the lag grows                    | 10@0+10 20@10+20 30@20+30        |  20 |  35 | 21
            WARN   | advancing, and the lag is constant              | 10@0+10 20@10+10 30@20+10        |  20 |  10 | 21
            OK     | advancing, and the lag decreased once           | 10@0+10 20@10+30 30@20+29        |  20 |  29 | 21
            WARN   | unknown lags are ignored                        | 10@0+? 20@10+10 30@20+? 40@30+11 |  20 |  11 | 31
            OK     | one known lag shows no trend                    | 10@0+? 20@10+10 30@20+?          |  20 |  11 | 21
            STOP   | all commits at one past moment                  | 10@5+9 11@5+9 12@5+9             |  20 |   9 | 6
            """)
    void status_followsTheHistoryOfCommits(
            LagStatus expected, String why, String commits, long oldestEnd, long lag, long now) {
        assertThat(LagEvaluator.of(commits(commits), oldestEnd, lag, now * 1000, new Rules(0, 3)))
                .as(why)
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            OK    | the maximum allowed lag, without commits | 10@0+90 20@10+90 30@20+90    |  90 | 100 | 99
            STOP  | one record more than allowed             | 10@0+90 20@10+90 30@20+90    |  90 | 101 | 99
            OK    | above the limit, but not always          | 10@0+100 20@10+200 30@20+300 | 110 | 301 | 21
            WARN  | always above the limit                   | 10@0+101 20@10+200 30@20+300 | 110 | 301 | 21
            """)
    void allowedLag_isOk(LagStatus expected, String why, String commits, long oldestEnd, long lag, long now) {
        assertThat(LagEvaluator.of(commits(commits), oldestEnd, lag, now * 1000, new Rules(100, 3)))
                .as(why)
                .isEqualTo(expected);
    }

    @Test
    void groupStatus_followsBurrow() {
        assertThat(LagStatus.OK.ofGroup()).isEqualTo(LagStatus.OK);
        assertThat(LagStatus.WARN.ofGroup()).isEqualTo(LagStatus.WARN);
        assertThat(List.of(LagStatus.STOP.ofGroup(), LagStatus.STALL.ofGroup(), LagStatus.REWIND.ofGroup()))
                .containsOnly(LagStatus.ERR);
    }
}
