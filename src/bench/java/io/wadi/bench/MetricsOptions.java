package io.wadi.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The options of {@code ./wadi bench metrics}.
 *
 * @param rounds the number of rounds of each subject in each case
 * @param documents the number of routed documents in the case {@code throughput}, after twice as many for the warm-up
 * @param rate documents per second in the case {@code latency}
 * @param seconds the measured seconds in the case {@code latency}, after twice as many for the warm-up
 * @param apart whether the load generator of the case {@code latency} has a core of its own, and all others use the
 *    rest
 */
record MetricsOptions(
        int rounds,
        long documents,
        int rate,
        int seconds,
        boolean apart,
        List<String> cases,
        List<MetricsSubject> subjects,
        String otherJar) {
    static final String THROUGHPUT = "throughput";
    static final String LATENCY = "latency";
    static final String HELP = """
            ./wadi bench metrics: routes server metrics by content and evaluates alert rules, by Wadi and its peers in turn, on one real
            Kafka.

              --subjects a,b      of wadi, wadi-eos, wadi-alerts, streams, bare, bare-eos,
                                  other                                              all but other
              --cases a,b         of throughput, latency                                   both
              --rounds N          rounds; medians are reported                             3
              --documents N       throughput: routed documents                             1M
              --rate N            latency: documents per second                            20k
              --seconds N         latency: measured, after twice as many to warm up        40
              --apart             latency: a core for the generator alone                  no
              --other-jar FILE    jar of another build of Wadi, measured as subject other
              --quick             one round, 60k documents, 3 seconds, as a check
            """;
    private static final List<String> CASES = List.of(THROUGHPUT, LATENCY);

    /** Parses the options; returns null if help is requested. */
    static MetricsOptions parse(List<String> args) {
        MetricsOptions options =
                new MetricsOptions(3, 1_000_000, 20_000, 40, false, CASES, MetricsSubject.BY_DEFAULT, "");
        Arguments given = new Arguments(args, HELP);
        while (given.hasNext()) {
            String option = given.next();
            if (option.equals("--help") || option.equals("-h")) {
                return null;
            }
            options = options.with(option, given);
        }
        return options;
    }

    /** Returns the build of Wadi that the subject runs on. */
    Path jar(BenchHome home, MetricsSubject subject) throws IOException {
        return subject == MetricsSubject.OTHER ? BenchHome.otherJar(otherJar) : home.jar();
    }

    private MetricsOptions with(String option, Arguments given) {
        return switch (option) {
            case "--rounds" ->
                new MetricsOptions((int) given.number(1), documents, rate, seconds, apart, cases, subjects, otherJar);
            case "--documents" ->
                new MetricsOptions(rounds, given.number(1), rate, seconds, apart, cases, subjects, otherJar);
            case "--rate" ->
                new MetricsOptions(rounds, documents, (int) given.number(1), seconds, apart, cases, subjects, otherJar);
            case "--seconds" ->
                new MetricsOptions(rounds, documents, rate, (int) given.number(1), apart, cases, subjects, otherJar);
            case "--apart" -> new MetricsOptions(rounds, documents, rate, seconds, true, cases, subjects, otherJar);
            case "--cases" ->
                new MetricsOptions(rounds, documents, rate, seconds, apart, cases(given.values()), subjects, otherJar);
            case "--subjects" ->
                new MetricsOptions(rounds, documents, rate, seconds, apart, cases, subjects(given.values()), otherJar);
            case "--other-jar" ->
                new MetricsOptions(rounds, documents, rate, seconds, apart, cases, subjects, given.value());
            case "--quick" -> new MetricsOptions(1, 60_000, rate, 3, apart, cases, subjects, otherJar);
            default -> throw given.unknown();
        };
    }

    private static List<String> cases(List<String> labels) {
        for (String each : labels) {
            if (!CASES.contains(each)) {
                throw new IllegalArgumentException(
                        "--cases: there is no \"%s\", only %s".formatted(each, String.join(", ", CASES)));
            }
        }
        return labels.stream().distinct().toList();
    }

    private static List<MetricsSubject> subjects(List<String> labels) {
        return labels.stream().map(MetricsSubject::named).distinct().toList();
    }
}
