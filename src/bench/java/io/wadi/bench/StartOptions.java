package io.wadi.bench;

import java.util.List;

/**
 * The options of {@code ./wadi bench start}.
 *
 * @param rounds the number of rounds of each subject
 */
record StartOptions(int rounds, List<StartSubject> subjects) {
    static final String HELP = """
            ./wadi bench start: starts Wadi and peers that send events from HTTP to Kafka, in turn, on running servers, each with and
            without a class data archive.

              --subjects a,b      of wadi, wadi-cold, intake, intake-cold, camel, camel-cold, spring, spring-cold     all
              --rounds N          rounds; medians are reported                                                        5
              --quick             one round, as a check
            """;

    /** Parses the options; returns null if help is requested. */
    static StartOptions parse(List<String> args) {
        int rounds = 5;
        List<StartSubject> subjects = List.of(StartSubject.values());
        Arguments given = new Arguments(args, HELP);
        while (given.hasNext()) {
            switch (given.next()) {
                case "--rounds" -> rounds = (int) given.number(1);
                case "--subjects" ->
                    subjects = given.values().stream()
                            .map(StartSubject::named)
                            .distinct()
                            .toList();
                case "--quick" -> rounds = 1;
                case "--help", "-h" -> {
                    return null;
                }
                default -> throw given.unknown();
            }
        }
        return new StartOptions(rounds, subjects);
    }
}
