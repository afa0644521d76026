package io.wadi.bench;

import java.util.List;

/**
 * The options of {@code ./wadi bench mirror}.
 *
 * @param rounds the number of rounds of each subject
 * @param full the mirrored records; the first half is the warm-up
 */
record MirrorOptions(int rounds, LandingCase full, List<MirrorSubject> subjects) {
    static final String HELP = """
            ./wadi bench mirror: copies a prefilled topic from one real Kafka to another, by ./wadi mirror and by MirrorMaker 2 as
            Kafka's own script starts it, in turn, with the same file.

              --subjects a,b      of wadi, bare                                            all
              --rounds N          rounds; medians are reported                             3
              --records N         records; the first half is the warm-up                   8M
              --value-bytes N     150 or more                                              250
              --quick             one round of 120k records, as a check
            """;
    private static final int LEAST_BYTES = 150;

    /** Parses the options; returns null if help is requested. */
    static MirrorOptions parse(List<String> args) {
        int rounds = 3;
        long records = 8_000_000;
        int valueBytes = 250;
        List<MirrorSubject> subjects = List.of(MirrorSubject.values());
        Arguments given = new Arguments(args, HELP);
        while (given.hasNext()) {
            switch (given.next()) {
                case "--rounds" -> rounds = (int) given.number(1);
                case "--value-bytes" -> valueBytes = (int) given.number(LEAST_BYTES);
                case "--records" -> records = given.number(LandingCase.PARTITIONS);
                case "--subjects" ->
                    subjects = given.values().stream()
                            .map(MirrorSubject::named)
                            .distinct()
                            .toList();
                case "--quick" -> {
                    rounds = 1;
                    records = 120_000;
                }
                case "--help", "-h" -> {
                    return null;
                }
                default -> throw given.unknown();
            }
        }
        return new MirrorOptions(rounds, LandingCase.of(records, valueBytes), subjects);
    }
}
