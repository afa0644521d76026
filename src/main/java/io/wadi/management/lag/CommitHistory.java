package io.wadi.management.lag;

import java.util.ArrayList;
import java.util.List;

/**
 * The last commits of a group for one partition. Commits in quick succession are merged into the last of them, since a
 * window of some milliseconds would make every pause look like a stop. Not thread-safe.
 */
final class CommitHistory {
    static final int WINDOW = 10;

    private final List<Commit> commits = new ArrayList<>(WINDOW);
    /** Whether a sample has shown a committed offset that has not appeared in the log of commits since. */
    private boolean isAheadOfLog;

    /**
     * Adds a later commit. If a clock was set back, removes those with a later time, since the commits would last a
     * negative time, as if the group had stopped.
     *
     * @param minIntervalMs the minimum interval; commits with a shorter interval are merged, unless an offset was reset
     */
    void add(Commit commit, long minIntervalMs) {
        commits.removeIf(each -> each.timeMs() > commit.timeMs());
        if (replacesLast(commit, minIntervalMs)) {
            commits.remove(commits.size() - 1);
        } else if (commits.size() == WINDOW) {
            commits.remove(0);
        }
        commits.add(commit);
    }

    /** Adds a commit from Kafka's log of commits, unless a sample has shown a later commit. */
    void addLogged(Commit commit, long minIntervalMs) {
        if (!isAheadOfLog || commits.get(commits.size() - 1).timeMs() <= commit.timeMs()) {
            isAheadOfLog = false;
            add(commit, minIntervalMs);
        }
    }

    /**
     * Adds the commit of a sample if this and the previous sample show another offset than the log of commits, and the
     * log had no commit in between. The reason is an open transaction, which hides later commits from readers of
     * committed records. A difference in only one sample may be a commit between the two reads.
     */
    void addSampled(Commit commit, long minIntervalMs) {
        if (lastOffset() != commit.offset()) {
            if (isAheadOfLog) {
                add(commit, minIntervalMs);
            }
            isAheadOfLog = true;
        }
    }

    private boolean replacesLast(Commit commit, long minIntervalMs) {
        if (commits.size() < 2) {
            return false;
        }
        Commit previous = commits.get(commits.size() - 2);
        Commit last = commits.get(commits.size() - 1);
        boolean hidesReset = previous.offset() > last.offset() || last.offset() > commit.offset();
        return last.timeMs() - previous.timeMs() < minIntervalMs && !hidesReset;
    }

    boolean isEmpty() {
        return commits.isEmpty();
    }

    long lastOffset() {
        return commits.get(commits.size() - 1).offset();
    }

    /** Computes the unknown lags of commits from the history of end offsets. */
    void updateLags(EndHistory ends) {
        commits.replaceAll(each -> {
            long end = each.hasLag() ? Commit.UNKNOWN : ends.at(each.timeMs());
            return end == Commit.UNKNOWN
                    ? each
                    : new Commit(each.offset(), each.timeMs(), Math.max(0, end - each.offset()));
        });
    }

    List<Commit> commits() {
        return List.copyOf(commits);
    }
}
