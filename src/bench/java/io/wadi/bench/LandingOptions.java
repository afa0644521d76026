package io.wadi.bench;

import java.util.List;

/** The options of {@code ./wadi bench landing}. */
record LandingOptions(int rounds, List<LandingCase> cases, List<Contestant> subjects, String otherJar) {
    static final String HELP = """
            ./wadi bench landing: writes prefilled topics of a real Kafka to a real HDFS, with Wadi and its peers in turn.

              --subjects a,b      of wadi, wadi-2, bare, classic, connect, flink, flink-4,
                                  other, unobserved                                      wadi,bare,classic,connect,flink
              --rounds N          rounds; medians are reported                             3
              --records 1M,10M    a case for each, with --value-bytes                      2M of 250 and 4M of 1000 bytes
              --value-bytes N     150 or more                                              250
              --other-jar FILE    jar of another build of Wadi, measured as subject other
              --quick             one round of 400k records by wadi and bare, as a check
            """;
    private static final int LEAST_BYTES = 150;
    private static final int DEFAULT_BYTES = 250;

    /** Parses the options; returns null if help is requested. */
    static LandingOptions parse(List<String> args) {
        int rounds = 0;
        int valueBytes = 0;
        List<Long> volumes = List.of();
        List<Contestant> subjects = List.of();
        String otherJar = "";
        boolean quick = false;
        Arguments given = new Arguments(args, HELP);
        while (given.hasNext()) {
            switch (given.next()) {
                case "--rounds" -> rounds = (int) given.number(1);
                case "--value-bytes" -> valueBytes = (int) given.number(LEAST_BYTES);
                case "--records" -> volumes = given.numbers(LandingCase.PARTITIONS);
                case "--subjects" ->
                    subjects = given.values().stream().map(Contestant::named).toList();
                case "--other-jar" -> otherJar = given.value();
                case "--quick" -> quick = true;
                case "--help", "-h" -> {
                    return null;
                }
                default -> throw given.unknown();
            }
        }
        return new LandingOptions(
                rounds > 0 ? rounds : quick ? 1 : 3,
                cases(volumes.isEmpty() && quick ? List.of(400_000L) : volumes, valueBytes),
                subjects.isEmpty() ? defaults(quick) : subjects,
                otherJar);
    }

    private static List<LandingCase> cases(List<Long> volumes, int valueBytes) {
        int bytes = valueBytes > 0 ? valueBytes : DEFAULT_BYTES;
        if (!volumes.isEmpty()) {
            return volumes.stream()
                    .map(records -> LandingCase.of(records, bytes))
                    .toList();
        }
        return valueBytes > 0
                ? List.of(LandingCase.of(2_000_000, valueBytes))
                : List.of(LandingCase.of(2_000_000, DEFAULT_BYTES), LandingCase.of(4_000_000, 1_000));
    }

    private static List<Contestant> defaults(boolean quick) {
        return quick
                ? List.of(Contestant.WADI, Contestant.BARE)
                : List.of(Contestant.WADI, Contestant.BARE, Contestant.CLASSIC, Contestant.CONNECT, Contestant.FLINK);
    }
}
