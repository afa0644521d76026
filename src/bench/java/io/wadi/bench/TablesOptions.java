package io.wadi.bench;

import java.util.Arrays;
import java.util.List;

/** The options of {@code ./wadi bench tables}. */
record TablesOptions(int rounds, LandingCase full, List<TablesSubject> subjects) {
    static final String HELP = """
            ./wadi bench tables: writes a prefilled topic of a real Kafka to a table of a real PostgreSQL, by Wadi and a bare loop in turn.

              --subjects a,b      of wadi, bare                                            all
              --rounds N          rounds; medians are reported                             3
              --records N         records                                                  500k
              --value-bytes N     150 or more                                              250
              --quick             one round of 60k records, as a check
            """;
    private static final int LEAST_BYTES = 150;

    /** Parses the options; returns null if help is requested. */
    static TablesOptions parse(List<String> args) {
        int rounds = 3;
        long records = 500_000;
        int valueBytes = 250;
        List<TablesSubject> subjects = Arrays.asList(TablesSubject.values());
        Arguments given = new Arguments(args, HELP);
        while (given.hasNext()) {
            switch (given.next()) {
                case "--rounds" -> rounds = (int) given.number(1);
                case "--value-bytes" -> valueBytes = (int) given.number(LEAST_BYTES);
                case "--records" -> records = given.number(LandingCase.PARTITIONS);
                case "--subjects" ->
                    subjects = given.values().stream().map(TablesSubject::named).toList();
                case "--quick" -> {
                    rounds = 1;
                    records = 60_000;
                }
                case "--help", "-h" -> {
                    return null;
                }
                default -> throw given.unknown();
            }
        }
        return new TablesOptions(rounds, LandingCase.of(records, valueBytes), subjects);
    }
}
