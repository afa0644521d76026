package io.wadi.management.lag;

import java.util.Comparator;
import java.util.stream.Stream;

/** Burrow's status of a partition or a group, from good to bad. */
public enum LagStatus {
    /** The group does not exist. Groups only. */
    NOTFOUND,
    /** The lag is allowed or decreases, or there are too few commits. */
    OK,
    /** It makes progress, but the lag does not decrease. */
    WARN,
    /** A partition has one of the following. Groups only. */
    ERR,
    /** It has lag, and has not committed for longer than the interval of its last commits. */
    STOP,
    /** It has lag, and commits the same offset again and again. */
    STALL,
    /** A committed offset was reset to a smaller one. */
    REWIND;

    /** Returns Burrow's status of a group with this worst status of a partition. */
    public LagStatus ofGroup() {
        return compareTo(ERR) > 0 ? ERR : this;
    }

    /** Returns the worst status; OK for none. */
    static LagStatus worst(Stream<LagStatus> all) {
        return all.max(Comparator.naturalOrder()).orElse(OK);
    }
}
