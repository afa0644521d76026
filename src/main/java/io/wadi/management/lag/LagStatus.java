package io.wadi.management.lag;

/** What is to be said of a partition or a group, in Burrow's words, from good to bad. */
public enum LagStatus {
    /** There is no such group. Of groups only. */
    NOTFOUND,
    /** It keeps up, or catches up, or too little is known. */
    OK,
    /** It moves on, but never catches up. */
    WARN,
    /** One or more of its partitions have one of the following. Of groups only. */
    ERR,
    /** It has not committed for longer than its last commits took, and there is lag. */
    STOP,
    /** It commits the same offset again and again, and there is lag. */
    STALL,
    /** It has gone back. */
    REWIND;

    /** What Burrow says of a group whose worst partition this is. */
    public LagStatus ofGroup() {
        return compareTo(ERR) > 0 ? ERR : this;
    }
}
