package io.wadi.management.lag;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Evaluates the status of a partition from its last commits by Burrow's rules. A group has the status of its worst
 * partition.
 */
public final class LagEvaluator {
    private LagEvaluator() {}

    /**
     * The thresholds.
     *
     * @param allowedLag the maximum lag that is OK
     * @param minCommits the minimum number of commits for an evaluation; a partition with fewer commits is OK
     */
    public record Rules(long allowedLag, int minCommits) {}

    /**
     * Returns the first status that applies:
     *
     * <ol>
     *   <li>OK: too few commits.
     *   <li>OK: the lag is allowed.
     *   <li>STOP: the time since the last commit is longer than the time between the first and the last commit, and the
     *       end offset was beyond the last commit in all recent samples.
     *   <li>REWIND: a commit has a smaller offset than the previous commit.
     *   <li>OK: the lag was allowed at a commit.
     *   <li>STALL: all commits have the same offset.
     *   <li>WARN: the lag has not decreased from any commit to the next.
     *   <li>OK.
     * </ol>
     *
     * @param commits the last commits, oldest first
     * @param oldestEnd the end offset of the oldest recent sample
     * @param lag the current lag
     * @param nowMs the current time in milliseconds since 1970
     */
    public static LagStatus of(List<Commit> commits, long oldestEnd, long lag, long nowMs, Rules rules) {
        if (commits.isEmpty() || commits.size() < rules.minCommits() || lag <= rules.allowedLag()) {
            return LagStatus.OK;
        }
        if (isSilent(commits, nowMs) && oldestEnd > last(commits).offset()) {
            return LagStatus.STOP;
        }
        if (wentBack(commits)) {
            return LagStatus.REWIND;
        }
        if (commits.stream().anyMatch(each -> each.hasLag() && each.lag() <= rules.allowedLag())) {
            return LagStatus.OK;
        }
        if (commits.stream().allMatch(each -> each.offset() == commits.get(0).offset())) {
            return LagStatus.STALL;
        }
        return neverCatchesUp(commits.stream().filter(Commit::hasLag).toList()) ? LagStatus.WARN : LagStatus.OK;
    }

    private static Commit last(List<Commit> commits) {
        return commits.get(commits.size() - 1);
    }

    private static boolean isSilent(List<Commit> commits, long nowMs) {
        long last = last(commits).timeMs();
        return nowMs - last > last - commits.get(0).timeMs();
    }

    private static boolean wentBack(List<Commit> commits) {
        return IntStream.range(1, commits.size())
                .anyMatch(i -> commits.get(i).offset() < commits.get(i - 1).offset());
    }

    private static boolean neverCatchesUp(List<Commit> known) {
        return known.size() > 1
                && IntStream.range(1, known.size())
                        .allMatch(i -> known.get(i).lag() >= known.get(i - 1).lag());
    }
}
