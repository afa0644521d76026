package io.wadi.management.access;

/**
 * Who asks.
 *
 * @param name as in the users' file; of a token {@code token:} and its subject
 * @param role what they may do
 */
record Caller(String name, Role role) {
    /** Whoever it is, where nobody is asked. */
    static final Caller ANYBODY = new Caller("anybody", Role.OPERATE);
}
