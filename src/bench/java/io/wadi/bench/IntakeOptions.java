package io.wadi.bench;

import java.util.List;

/**
 * The options of {@code ./wadi bench intake}.
 *
 * @param rounds the number of rounds of each subject in each case
 * @param seconds the measured seconds of a round
 * @param warmUp maximum seconds of the warm-up until the JIT compilers are idle; at least twice the measured time
 */
record IntakeOptions(
        int rounds, int seconds, int warmUp, List<IntakeCase> cases, List<IntakeSubject> subjects, String otherJar) {
    static final String HELP = """
            ./wadi bench intake: sends events over HTTP to Wadi and its peers in turn, all on one real Kafka. Needs wrk.

              --subjects a,b      of wadi, deduplicated, bare, careful, spring,
                                  producer, unobserved, other, and careful-without-keys,
                                  -rates, -limits, -schema, -counters                   the first six
              --cases a,b         of single-64, single-400, ndjson-100, ndjson-1000,
                                  ndjson-schema, half, overload, overload-100,
                                  ndjson-ids, ids-5000                                  all of them
              --rounds N          rounds; medians are reported                          3
              --seconds N         measured per round, after twice as many to warm up      10
              --warm-up N         maximum seconds to wait for the JIT compilers           120
              --other-jar FILE    jar of another build of Wadi, measured as subject other
              --quick             one round of 3 seconds, as a check
            """;

    /** Parses the options; returns null if help is requested. */
    static IntakeOptions parse(List<String> args) {
        int rounds = 0;
        int seconds = 0;
        int warmUp = 0;
        List<IntakeCase> cases = List.of(IntakeCase.values());
        List<IntakeSubject> subjects = List.of(
                IntakeSubject.WADI,
                IntakeSubject.DEDUPLICATED,
                IntakeSubject.BARE,
                IntakeSubject.CAREFUL,
                IntakeSubject.SPRING,
                IntakeSubject.PRODUCER);
        String otherJar = "";
        boolean quick = false;
        Arguments given = new Arguments(args, HELP);
        while (given.hasNext()) {
            switch (given.next()) {
                case "--rounds" -> rounds = (int) given.number(1);
                case "--seconds" -> seconds = (int) given.number(1);
                case "--warm-up" -> warmUp = (int) given.number(1);
                case "--cases" ->
                    cases = given.values().stream()
                            .map(IntakeCase::named)
                            .distinct()
                            .toList();
                case "--subjects" ->
                    subjects = given.values().stream()
                            .map(IntakeSubject::named)
                            .distinct()
                            .toList();
                case "--other-jar" -> otherJar = given.value();
                case "--quick" -> quick = true;
                case "--help", "-h" -> {
                    return null;
                }
                default -> throw given.unknown();
            }
        }
        return new IntakeOptions(
                rounds > 0 ? rounds : quick ? 1 : 3,
                seconds > 0 ? seconds : quick ? 3 : 10,
                warmUp > 0 ? warmUp : quick ? 1 : 120,
                cases,
                subjects,
                otherJar);
    }
}
