package io.wadi.bench;

import io.wadi.bench.siege.HostileKind;
import java.util.ArrayList;
import java.util.List;

/**
 * The options of {@code ./wadi bench siege}.
 *
 * @param ports the configurations of the event port that are attacked
 * @param seconds the length of the attack
 * @param calm seconds before the attack, without hostile clients
 * @param warmUp seconds before the baseline
 * @param rate requests per second of the regular clients; 0 for half of the measured capacity
 * @param connections of the regular clients
 * @param kinds of hostile clients; empty for all
 * @param alone whether each kind attacks alone, one after the other
 */
record SiegeOptions(
        List<SiegePort> ports,
        int seconds,
        int calm,
        int warmUp,
        long rate,
        int connections,
        List<HostileKind> kinds,
        boolean alone) {
    private static final int CONNECTIONS = 256;

    static final String HELP = """
            ./wadi bench siege: regular clients beside hostile ones, against Wadi with -Xmx512m on one real Kafka.

              --ports a,b         of plain, tls; tls adds the kinds of HTTP/2 and TLS              both
              --seconds N         of the attack                                         600
              --calm N            seconds before it, as a baseline                      120
              --warm-up N         seconds before the baseline                           60
              --rate N            requests per second of the regular clients            half of the capacity
              --connections N     of the regular clients; the capacity is measured with 64  256
              --kinds a,b         of hostile clients                                    all
              --alone             each kind alone, one after the other; a process that has ended is restarted
              --quick             half a minute each, as a check

            Exit code 1 if an acknowledged event is lost, or the process ends or does not recover.
            """;

    /** Returns null if help is requested. */
    static SiegeOptions parse(List<String> args) {
        int seconds = 0;
        int calm = 0;
        int warmUp = 0;
        long rate = 0;
        int connections = CONNECTIONS;
        List<SiegePort> ports = List.of(SiegePort.values());
        List<HostileKind> kinds = new ArrayList<>();
        boolean alone = false;
        boolean quick = false;
        Arguments given = new Arguments(args, HELP);
        while (given.hasNext()) {
            switch (given.next()) {
                case "--seconds" -> seconds = (int) given.number(1);
                case "--calm" -> calm = (int) given.number(1);
                case "--warm-up" -> warmUp = (int) given.number(1);
                case "--rate" -> rate = given.number(1);
                case "--connections" -> connections = (int) given.number(1);
                case "--ports" ->
                    ports = given.values().stream()
                            .map(SiegePort::named)
                            .distinct()
                            .toList();
                case "--kinds" -> kinds.addAll(HostileKind.named(given.values()));
                case "--alone" -> alone = true;
                case "--quick" -> quick = true;
                case "--help", "-h" -> {
                    return null;
                }
                default -> throw given.unknown();
            }
        }
        return new SiegeOptions(
                ports,
                seconds > 0 ? seconds : quick ? 30 : 600,
                calm > 0 ? calm : quick ? 15 : 120,
                warmUp > 0 ? warmUp : quick ? 15 : 60,
                rate,
                connections,
                List.copyOf(kinds),
                alone);
    }

    /** Returns the selected kinds that can attack a port. */
    List<HostileKind> kindsAgainst(SiegePort port) {
        return HostileKind.against(port.hasTls()).stream()
                .filter(each -> kinds.isEmpty() || kinds.contains(each))
                .toList();
    }
}
