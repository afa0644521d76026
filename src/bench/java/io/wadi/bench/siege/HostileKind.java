package io.wadi.bench.siege;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A kind of hostile client.
 *
 * @param name the name in options and results
 * @param protocol the protocol
 * @param conduct the behavior after its bytes are sent
 * @param connections maximum number of open connections
 * @param perSecond how often per second it opens a connection or sends on an open one
 * @param bytesPerSecond the send rate on one connection; 0 for unlimited
 * @param volley the bytes that it sends
 */
public record HostileKind(
        String name,
        Protocol protocol,
        Conduct conduct,
        int connections,
        double perSecond,
        int bytesPerSecond,
        Volley volley) {

    /** Creates the bytes of one shot. */
    @FunctionalInterface
    interface Volley {
        byte[] of(Shot shot);
    }

    /**
     * Returns the kinds with these names.
     *
     * @throws IllegalArgumentException if a kind does not exist
     */
    public static List<HostileKind> named(List<String> names) {
        return names.stream().map(HostileKind::named).distinct().toList();
    }

    private static HostileKind named(String name) {
        return HostileKinds.ALL.stream()
                .filter(each -> each.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--kinds: there is no \"%s\", only %s"
                        .formatted(
                                name,
                                HostileKinds.ALL.stream().map(HostileKind::name).collect(Collectors.joining(", ")))));
    }

    /** Returns all kinds that can attack an event port with or without TLS. */
    public static List<HostileKind> against(boolean tls) {
        return HostileKinds.ALL.stream()
                .filter(each -> tls || !each.protocol.needsTls())
                .toList();
    }

    /** Returns this kind with a limited send rate, in bytes per second, on each connection. */
    HostileKind at(int speed) {
        return new HostileKind(name, protocol, conduct, connections, perSecond, speed, volley);
    }
}
