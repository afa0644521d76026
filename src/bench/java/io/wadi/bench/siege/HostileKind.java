package io.wadi.bench.siege;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A kind of hostile client.
 *
 * @param name as in options and results
 * @param protocol what it speaks
 * @param conduct what it does after it has sent its bytes
 * @param connections it keeps open at most
 * @param perSecond how often it opens a connection or sends on an open one
 * @param bytesPerSecond how fast it sends on one connection; 0 for at once
 * @param volley what it sends
 */
public record HostileKind(
        String name,
        Protocol protocol,
        Conduct conduct,
        int connections,
        double perSecond,
        int bytesPerSecond,
        Volley volley) {

    /** Makes the bytes of one sending. */
    @FunctionalInterface
    interface Volley {
        byte[] of(Shot shot);
    }

    /**
     * Returns the kinds with these names.
     *
     * @throws IllegalArgumentException a kind does not exist
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

    /** Returns all kinds that can attack an events port with or without TLS. */
    public static List<HostileKind> against(boolean tls) {
        return HostileKinds.ALL.stream()
                .filter(each -> tls || !each.protocol.needsTls())
                .toList();
    }

    /** Returns the same kind with clients that send so many bytes a second on each connection. */
    HostileKind at(int speed) {
        return new HostileKind(name, protocol, conduct, connections, perSecond, speed, volley);
    }
}
