package io.wadi.management.access;

/**
 * An authenticated client.
 *
 * @param name the name in the users file, or {@code token:} and the subject of a token
 */
record Caller(String name, Role role) {
    /** The caller of every request if no authentication is required. */
    static final Caller ANONYMOUS = new Caller("anonymous", Role.OPERATE);
}
