package io.wadi.management.lag;

import java.util.ArrayList;
import java.util.List;

/**
 * The last commits of a group for one partition. What is committed more often than that makes a window of moments, in which
 * every pause looks like the end: so those closer together are one, the last of them. Not thread-safe.
 */
final class CommitHistory {
    /** Commits that are remembered. */
    static final int WINDOW = 10;

    private final long[] offsets = new long[WINDOW];
    private final long[] times = new long[WINDOW];
    private final long[] lags = new long[WINDOW];
    private int size;

    /**
     * Takes a commit that was made after those before.
     *
     * @param apartMs commits closer together than this are one; not so where an offset goes back
     */
    void add(Commit commit, long apartMs) {
        if (size > 1 && times[size - 1] - times[size - 2] < apartMs && isForward(commit)) {
            size--;
        } else if (size == WINDOW) {
            System.arraycopy(offsets, 1, offsets, 0, WINDOW - 1);
            System.arraycopy(times, 1, times, 0, WINDOW - 1);
            System.arraycopy(lags, 1, lags, 0, WINDOW - 1);
            size--;
        }
        offsets[size] = commit.offset();
        times[size] = commit.timeMs();
        lags[size] = commit.lag();
        size++;
    }

    /** Whether the last commit can be left out without hiding that an offset went back. */
    private boolean isForward(Commit commit) {
        return offsets[size - 2] <= offsets[size - 1] && offsets[size - 1] <= commit.offset();
    }

    boolean isEmpty() {
        return size == 0;
    }

    long lastOffset() {
        return offsets[size - 1];
    }

    /** Fills in how far commits were behind whose time has been looked at only now. */
    void lookBack(EndHistory ends) {
        for (int i = 0; i < size; i++) {
            long end = lags[i] == Commit.UNKNOWN ? ends.at(times[i]) : Commit.UNKNOWN;
            if (end != Commit.UNKNOWN) {
                lags[i] = Math.max(0, end - offsets[i]);
            }
        }
    }

    /** All of them, in their order. */
    List<Commit> commits() {
        List<Commit> commits = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            commits.add(new Commit(offsets[i], times[i], lags[i]));
        }
        return commits;
    }
}
