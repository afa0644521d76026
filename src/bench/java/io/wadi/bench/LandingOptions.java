package io.wadi.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The options of {@code ./wadi bench landing}. */
record LandingOptions(int rounds, List<LandingCase> cases, List<Contestant> subjects, String otherJar) {
    static final String HELP = """
            ./wadi bench landing: lands prefilled topics from real Kafka in real HDFS, by Wadi and its peers in turn.

              --subjects a,b      of wadi, bare, classic, connect, flink, flink-4, other   wadi,bare,classic,connect,flink
              --rounds N          medians are taken over them                              3
              --records 1M,10M    a case for each, with --value-bytes                      2M of 250 and 1M of 1000 bytes
              --value-bytes N     150 or more                                              250
              --other-jar FILE    another build of Wadi, to be measured as the subject other
              --quick             one round of 400k records by wadi and bare, to see that it works
            """;
    private static final int LEAST_BYTES = 150;
    private static final int DEFAULT_BYTES = 250;

    /** Null where help is asked for. */
    static LandingOptions parse(List<String> args) {
        int rounds = 0;
        int valueBytes = 0;
        List<Long> volumes = List.of();
        List<Contestant> subjects = List.of();
        String otherJar = "";
        boolean quick = false;
        for (int i = 0; i < args.size(); i++) {
            switch (args.get(i)) {
                case "--rounds" -> rounds = (int) number(args, ++i, 1);
                case "--value-bytes" -> valueBytes = (int) number(args, ++i, LEAST_BYTES);
                case "--records" -> volumes = volumes(args, ++i);
                case "--subjects" ->
                    subjects = Arrays.stream(value(args, ++i).split(",", -1))
                            .map(Contestant::named)
                            .toList();
                case "--other-jar" -> otherJar = value(args, ++i);
                case "--quick" -> quick = true;
                case "--help", "-h" -> {
                    return null;
                }
                default -> throw new IllegalArgumentException("There is no option \"" + args.get(i) + "\".\n" + HELP);
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
                : List.of(LandingCase.of(2_000_000, DEFAULT_BYTES), LandingCase.of(1_000_000, 1_000));
    }

    private static List<Contestant> defaults(boolean quick) {
        return quick
                ? List.of(Contestant.WADI, Contestant.BARE)
                : List.of(Contestant.WADI, Contestant.BARE, Contestant.CLASSIC, Contestant.CONNECT, Contestant.FLINK);
    }

    private static String value(List<String> args, int index) {
        if (index >= args.size()) {
            throw new IllegalArgumentException(args.get(index - 1) + " needs a value.\n" + HELP);
        }
        return args.get(index);
    }

    private static long number(List<String> args, int index, long least) {
        return number(args.get(index - 1), value(args, index), least);
    }

    private static List<Long> volumes(List<String> args, int index) {
        List<Long> volumes = new ArrayList<>();
        for (String each : value(args, index).split(",", -1)) {
            volumes.add(number("--records", each, LandingCase.PARTITIONS));
        }
        return volumes;
    }

    private static long number(String option, String given, long least) {
        String upper = given.toUpperCase(Locale.ROOT);
        long unit = upper.endsWith("M") ? 1_000_000 : upper.endsWith("K") ? 1_000 : 1;
        String digits = unit == 1 ? upper : upper.substring(0, upper.length() - 1);
        if (!digits.matches("\\d{1,9}") || Long.parseLong(digits) * unit < least) {
            throw new IllegalArgumentException(
                    "%s: found \"%s\", allowed from %d, as 500, 200k or 10M".formatted(option, given, least));
        }
        return Long.parseLong(digits) * unit;
    }
}
