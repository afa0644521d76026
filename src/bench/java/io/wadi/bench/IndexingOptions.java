package io.wadi.bench;

import java.util.List;

/** The options of {@code ./wadi bench indexing}. */
record IndexingOptions(int rounds, LandingCase full, List<IndexingSubject> subjects, String otherJar) {
    static final String HELP = """
            ./wadi bench indexing: indexes a prefilled topic of a real Kafka into a real Elasticsearch, by Wadi and its peers in turn.

              --subjects a,b      of wadi, wadi-2, bare, stock, other                      wadi,bare,stock
              --rounds N          rounds; medians are reported                             3
              --records N         records                                                  500k
              --value-bytes N     150 or more                                              250
              --other-jar FILE    jar of another build of Wadi, measured as subject other
              --quick             one round of 60k records, as a check
            """;
    private static final int LEAST_BYTES = 150;

    /** Parses the options; returns null if help is requested. */
    static IndexingOptions parse(List<String> args) {
        int rounds = 3;
        long records = 500_000;
        int valueBytes = 250;
        List<IndexingSubject> subjects = List.of(IndexingSubject.WADI, IndexingSubject.BARE, IndexingSubject.STOCK);
        String otherJar = "";
        Arguments given = new Arguments(args, HELP);
        while (given.hasNext()) {
            switch (given.next()) {
                case "--rounds" -> rounds = (int) given.number(1);
                case "--value-bytes" -> valueBytes = (int) given.number(LEAST_BYTES);
                case "--records" -> records = given.number(LandingCase.PARTITIONS);
                case "--subjects" ->
                    subjects =
                            given.values().stream().map(IndexingSubject::named).toList();
                case "--other-jar" -> otherJar = given.value();
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
        return new IndexingOptions(rounds, LandingCase.of(records, valueBytes), subjects, otherJar);
    }
}
