package io.wadi.bench.siege;

/**
 * The process that is attacked, on this machine.
 *
 * @param port takes events
 * @param tls whether the events port speaks TLS
 * @param managementPort takes logins
 * @param topic is open to clients without a key
 */
public record Target(int port, boolean tls, int managementPort, String topic) {}
