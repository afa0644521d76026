package io.wadi.metrics.alerts;

import io.wadi.metrics.alerts.Alert.State;

/**
 * Where all rules stand with one host, in 24 bytes each: the time seen last with three bits for state and silence, the time
 * since when the rule is active, and the time since when a firing rule's value is back.
 */
final class HostState {
    private static final int WORDS = 3;
    private static final int TIME_SHIFT = 3;
    private static final long SILENT = 4;
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

    /** The time of the rule's last document, in milliseconds since 1970; 0 where there was none. */
    long lastSeen(int rule) {
        return words[rule * WORDS] >>> TIME_SHIFT;
    }

    void see(int rule, long time) {
        words[rule * WORDS] = (time << TIME_SHIFT) | (words[rule * WORDS] & (SILENT | STATE));
    }

    /** Whether the host's silence is being alerted on. */
    boolean isSilent(int rule) {
        return (words[rule * WORDS] & SILENT) != 0;
    }

    void silent(int rule, boolean silent) {
        words[rule * WORDS] = (words[rule * WORDS] & ~SILENT) | (silent ? SILENT : 0);
    }

    /** Inactive, pending or firing. */
    State state(int rule) {
        return State.of(words[rule * WORDS] & STATE);
    }

    /** When the first document was over the threshold; 0 where the rule is inactive. */
    long since(int rule) {
        return words[rule * WORDS + 1];
    }

    /** Since when the value of a firing rule is back; 0 where it is not. */
    long backSince(int rule) {
        return words[rule * WORDS + 2];
    }

    void backSince(int rule, long time) {
        words[rule * WORDS + 2] = time;
    }

    void become(int rule, State state, long since) {
        words[rule * WORDS] = (words[rule * WORDS] & ~STATE) | state.code;
        words[rule * WORDS + 1] = since;
        words[rule * WORDS + 2] = 0;
    }
}
