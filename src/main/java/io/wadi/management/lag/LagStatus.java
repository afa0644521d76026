package io.wadi.management.lag;

import java.util.Comparator;
import java.util.stream.Stream;

/** Burrow's status of a partition or a group, ordered from good to bad. */
public enum LagStatus {
    /** The group does not exist. Groups only. */
    NOTFOUND,
    /** The lag is allowed or decreases, or there are too few commits. */
    OK,
    /** The group makes progress, but the lag does not decrease. */
    WARN,
    /** A partition of the group has one of the following statuses. Groups only. */
    ERR,
    /**
     * There is lag, and the time since the last commit is longer than the time between the first and the last commit.
     */
    STOP,
    /** There is lag, and all last commits have the same offset. */
    STALL,
    /** A committed offset was reset to a smaller one. */
    REWIND;

    /** Returns Burrow's status of a group if its worst partition has this status. */
    public LagStatus ofGroup() {
        return compareTo(ERR) > 0 ? ERR : this;
    }

    /** Returns the worst status; OK if there is none. */
    static LagStatus worst(Stream<LagStatus> all) {
        return all.max(Comparator.naturalOrder()).orElse(OK);
    }
}
