package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.Alert.State;

/**
 * The states of all rules on one host, 24 bytes each: the time of the last document with three bits for the alert state
 * and no data, the start of the active alert, and the time since which a firing rule's value is back.
 */
final class HostState {
    private static final int WORDS = 3;
    private static final int TIME_SHIFT = 3;
    private static final long NO_DATA_BIT = 4;
    private static final long STATE = 3;

    private final String host;
    private final long[] reason;

    HostState(String host, int rules) {
        this.host = host;
        this.reason = new long[rules * WORDS];
    }

    String host() {
        return host;
    }

    /** The time of the rule's last document, in milliseconds since 1970; 0 before the first. */
    long lastSeen(int rule) {
        return reason[rule * WORDS] >>> TIME_SHIFT;
    }

    void see(int rule, long time) {
        reason[rule * WORDS] = (time << TIME_SHIFT) | (reason[rule * WORDS] & (NO_DATA_BIT | STATE));
    }

    /** Whether the no-data alert is active. */
    boolean isNoData(int rule) {
        return (reason[rule * WORDS] & NO_DATA_BIT) != 0;
    }

    void noData(int rule, boolean noData) {
        reason[rule * WORDS] = (reason[rule * WORDS] & ~NO_DATA_BIT) | (noData ? NO_DATA_BIT : 0);
    }

    /** Inactive, pending or firing. */
    State state(int rule) {
        return State.of(reason[rule * WORDS] & STATE);
    }

    /** The time of the first document beyond the threshold; 0 if the rule is inactive. */
    long since(int rule) {
        return reason[rule * WORDS + 1];
    }

    /** The time since which the value of a firing rule is back; 0 if it is not. */
    long backSince(int rule) {
        return reason[rule * WORDS + 2];
    }

    void backSince(int rule, long time) {
        reason[rule * WORDS + 2] = time;
    }

    void transition(int rule, State state, long since) {
        reason[rule * WORDS] = (reason[rule * WORDS] & ~STATE) | state.code;
        reason[rule * WORDS + 1] = since;
        reason[rule * WORDS + 2] = 0;
    }
}
