package io.wadi.bench.siege;

/**
 * The process that is attacked, on this machine.
 *
 * @param port the event port
 * @param tls whether the event port uses TLS
 * @param managementPort the management port
 * @param topic a topic that is open to clients without a key
 */
public record Target(int port, boolean tls, int managementPort, String topic) {
    /** Returns the name of a topic that is also open to clients without a key, and stores each id once. */
    public String deduplicatedTopic() {
        return topic + "-once";
    }
}
