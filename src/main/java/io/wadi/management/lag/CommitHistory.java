package io.wadi.management.lag;

import java.util.ArrayList;
import java.util.List;

/**
 * The last commits of a group for one partition. Commits in quick succession are merged into the last of them, as a
 * window of milliseconds would make every pause look like a stop. Not thread-safe.
 */
final class CommitHistory {
    static final int WINDOW = 10;

    private final List<Commit> commits = new ArrayList<>(WINDOW);
    /** Whether a sample has shown an offset that the log has not since. */
    private boolean isAheadOfLog;

    /**
     * Adds a later commit.
     *
     * @param minIntervalMs commits with a shorter interval are merged, unless an offset was reset
     */
    void add(Commit commit, long minIntervalMs) {
        if (replacesLast(commit, minIntervalMs)) {
            commits.remove(commits.size() - 1);
        } else if (commits.size() == WINDOW) {
            commits.remove(0);
        }
        commits.add(commit);
    }

    /** Adds a commit from Kafka's log, unless a sample has shown a later one. */
    void addLogged(Commit commit, long minIntervalMs) {
        if (!isAheadOfLog || commits.get(commits.size() - 1).timeMs() <= commit.timeMs()) {
            isAheadOfLog = false;
            add(commit, minIntervalMs);
        }
    }

    /**
     * Adds the commit of a sample if the log had no commit since the last sample, although that showed another offset than
     * the log: an open transaction holds back the end of the log for readers of committed records. A single difference
     * may be a commit between the two reads.
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

    /** Computes unknown lags of commits from the history of end offsets. */
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
