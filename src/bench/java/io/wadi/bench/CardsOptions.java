package io.wadi.bench;

import java.util.List;

/**
 * The options of {@code ./wadi bench cards}.
 *
 * @param rounds the number of rounds of each case
 * @param payments the number of measured payments, after twice as many for the warm-up
 * @param rate payments per second in the latency case
 * @param seconds the measured time in the latency case, after a warm-up of twice that time
 */
record CardsOptions(int rounds, long payments, long rate, long seconds, List<CardsCase> cases) {
    static final String HELP = """
            ./wadi bench cards: scores card payments by Wadi, with the shipped rules and a random forest of 60 trees, on one real
            Kafka.

              --cases a,b         of throughput, latency                                   all
              --rounds N          rounds; medians are reported                             3
              --payments N        throughput: measured payments, after twice as many       1M
              --rate N            latency: payments per second                             5000
              --seconds N         latency: measured seconds                                30
              --quick             one round of 60k payments and 5 s, as a check
            """;

    /** Parses the options; returns null if help is requested. */
    static CardsOptions parse(List<String> args) {
        int rounds = 3;
        long payments = 1_000_000;
        long rate = 5_000;
        long seconds = 30;
        List<CardsCase> cases = List.of(CardsCase.values());
        Arguments given = new Arguments(args, HELP);
        while (given.hasNext()) {
            switch (given.next()) {
                case "--rounds" -> rounds = (int) given.number(1);
                case "--payments" -> payments = given.number(1);
                case "--rate" -> rate = given.number(1);
                case "--seconds" -> seconds = given.number(1);
                case "--cases" ->
                    cases = given.values().stream()
                            .map(CardsCase::named)
                            .distinct()
                            .toList();
                case "--quick" -> {
                    rounds = 1;
                    payments = 60_000;
                    seconds = 5;
                }
                case "--help", "-h" -> {
                    return null;
                }
                default -> throw given.unknown();
            }
        }
        return new CardsOptions(rounds, payments, rate, seconds, cases);
    }
}
