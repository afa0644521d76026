package io.wadi.management.lag;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The verdict on a partition by its last commits, as Burrow gives it: nothing but a function of what is passed in. A group is
 * as bad as its worst partition.
 */
public final class LagEvaluator {
    private LagEvaluator() {}

    /**
     * What counts.
     *
     * @param allowedLag records that a partition may be behind and still is up to date
     * @param fewestCommits a partition with fewer is not judged
     */
    public record Rules(long allowedLag, int fewestCommits) {}

    /**
     * The verdict: the first of these that is true.
     *
     * <ol>
     *   <li>OK: there are too few commits.
     *   <li>OK: the lag is allowed.
     *   <li>STOP: the last commit is longer ago than the first is from the last, and at none of the looks at the broker was its
     *       end at or before the last commit.
     *   <li>REWIND: an offset went back.
     *   <li>OK: the lag was allowed at one of the commits.
     *   <li>STALL: all commits are of one offset.
     *   <li>WARN: the lag has never become less from a commit to the next.
     *   <li>OK.
     * </ol>
     *
     * @param commits the last ones, in the order they were made
     * @param oldestEnd the smallest of the broker's ends that are remembered; these only grow
     * @param lag how far the last commit is behind now
     * @param nowMs in milliseconds since 1970
     */
    public static LagStatus of(List<Commit> commits, long oldestEnd, long lag, long nowMs, Rules rules) {
        if (commits.isEmpty() || commits.size() < rules.fewestCommits() || lag <= rules.allowedLag()) {
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

    /** One lag alone, or none, tells nothing. */
    private static boolean neverCatchesUp(List<Commit> known) {
        return known.size() > 1
                && IntStream.range(1, known.size())
                        .allMatch(i -> known.get(i).lag() >= known.get(i - 1).lag());
    }
}
