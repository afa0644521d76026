package io.wadi.bench;

import java.util.List;

/**
 * The options of {@code ./wadi bench streams}.
 *
 * @param rounds the number of rounds of each subject in each case
 * @param records the number of measured records, after twice as many for the warm-up
 * @param keys the number of keys with state at a restart
 */
record StreamsOptions(int rounds, long records, long keys, List<StreamsCase> cases, List<StreamsSubject> subjects) {
    static final String HELP = """
            ./wadi bench streams: runs topologies of Kafka Streams, declared in a file of Wadi and written in Java, in turn, on one real
            Kafka.

              --subjects a,b      of wadi, bare, rocksdb                                   all
              --cases a,b         of filter, count, restart                                all
              --rounds N          rounds; medians are reported                             3
              --records N         filter and count: web events                             1M
              --keys N            restart: keys with state                                 1M
              --quick             one round of 60k records and keys, as a check
            """;

    /** Parses the options; returns null if help is requested. */
    static StreamsOptions parse(List<String> args) {
        int rounds = 3;
        long records = 1_000_000;
        long keys = 1_000_000;
        List<StreamsCase> cases = List.of(StreamsCase.values());
        List<StreamsSubject> subjects = List.of(StreamsSubject.values());
        Arguments given = new Arguments(args, HELP);
        while (given.hasNext()) {
            switch (given.next()) {
                case "--rounds" -> rounds = (int) given.number(1);
                case "--records" -> records = given.number(1);
                case "--keys" -> keys = given.number(1);
                case "--cases" ->
                    cases = given.values().stream()
                            .map(StreamsCase::named)
                            .distinct()
                            .toList();
                case "--subjects" ->
                    subjects = given.values().stream()
                            .map(StreamsSubject::named)
                            .distinct()
                            .toList();
                case "--quick" -> {
                    rounds = 1;
                    records = 60_000;
                    keys = 60_000;
                }
                case "--help", "-h" -> {
                    return null;
                }
                default -> throw given.unknown();
            }
        }
        return new StreamsOptions(rounds, records, keys, cases, subjects);
    }
}
