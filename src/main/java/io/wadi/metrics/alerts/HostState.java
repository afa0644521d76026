package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.Alert.State;

/**
 * The states of all rules on one host. Each state is three words, 24 bytes: the time of the last document, with three
 * bits for the alert state and no data; the start of the active alert; and the time since which the value of a firing
 * rule is back at {@code resolve-at}.
 */
final class HostState {
    private static final int WORDS = 3;
    private static final int TIME_SHIFT = 3;
    private static final long NO_DATA_BIT = 4;
    private static final long STATE = 3;

    private final String host;
    private final long[] words;

    HostState(String host, int rules) {
        this.host = host;
        this.words = new long[rules * WORDS];
    }

    String host() {
        return host;
    }

    /** Returns the time of the rule's last document, in milliseconds since 1970; 0 before the first. */
    long lastSeen(int rule) {
        return words[rule * WORDS] >>> TIME_SHIFT;
    }

    void see(int rule, long time) {
        words[rule * WORDS] = (time << TIME_SHIFT) | (words[rule * WORDS] & (NO_DATA_BIT | STATE));
    }

    /** Returns whether the no-data alert is active. */
    boolean isNoData(int rule) {
        return (words[rule * WORDS] & NO_DATA_BIT) != 0;
    }

    void noData(int rule, boolean noData) {
        words[rule * WORDS] = (words[rule * WORDS] & ~NO_DATA_BIT) | (noData ? NO_DATA_BIT : 0);
    }

    /** Returns inactive, pending or firing. */
    State state(int rule) {
        return State.of(words[rule * WORDS] & STATE);
    }

    /** Returns the time of the first document beyond the threshold; 0 if the rule is inactive. */
    long since(int rule) {
        return words[rule * WORDS + 1];
    }

    /** Returns the time since which the value of a firing rule is back at {@code resolve-at}; 0 if it is not. */
    long backSince(int rule) {
        return words[rule * WORDS + 2];
    }

    void backSince(int rule, long time) {
        words[rule * WORDS + 2] = time;
    }

    void transition(int rule, State state, long since) {
        words[rule * WORDS] = (words[rule * WORDS] & ~STATE) | state.code;
        words[rule * WORDS + 1] = since;
        words[rule * WORDS + 2] = 0;
    }
}
