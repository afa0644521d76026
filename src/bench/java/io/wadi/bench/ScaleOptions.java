package io.wadi.bench;

import java.util.List;

/**
 * The options of {@code ./wadi bench scale}.
 *
 * @param rounds the number of rounds for each number of processes
 * @param processes the numbers of processes that share the topic
 * @param rate records per second
 * @param seconds the measured seconds, after as many for the warm-up
 */
record ScaleOptions(int rounds, List<Integer> processes, int rate, int seconds) {
    static final String HELP = """
            ./wadi bench scale: writes the same load to HDFS with one, two and four processes of Wadi in one consumer group, and
            reports their total cost per record.

              --processes a,b     numbers of processes, up to 4                            1,2,4
              --rounds N          rounds; medians are reported                             3
              --rate N            records of 250 bytes per second, a multiple of 100       50k
              --seconds N         measured, after as many to warm up                       30
              --quick             one round of 5 seconds with one and two, as a check
            """;
    /** Maximum number of processes, which is the number of partitions. */
    static final int MOST = 4;

    /** Parses the options; returns null if help is requested. */
    static ScaleOptions parse(List<String> args) {
        int rounds = 3;
        List<Integer> processes = List.of(1, 2, MOST);
        int rate = 50_000;
        int seconds = 30;
        Arguments given = new Arguments(args, HELP);
        while (given.hasNext()) {
            switch (given.next()) {
                case "--rounds" -> rounds = (int) given.number(1);
                case "--processes" ->
                    processes = given.numbers(1).stream()
                            .map(Long::intValue)
                            .distinct()
                            .toList();
                case "--rate" -> rate = (int) given.number(100);
                case "--seconds" -> seconds = (int) given.number(1);
                case "--quick" -> {
                    rounds = 1;
                    processes = List.of(1, 2);
                    seconds = 5;
                }
                case "--help", "-h" -> {
                    return null;
                }
                default -> throw given.unknown();
            }
        }
        if (processes.stream().anyMatch(each -> each > MOST)) {
            throw new IllegalArgumentException(
                    "--processes: the topic has " + MOST + " partitions, one for each at most\n" + HELP);
        }
        return new ScaleOptions(rounds, processes, rate / 100 * 100, seconds);
    }
}
