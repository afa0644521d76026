package io.wadi.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The tables on the screen and {@code target/bench/landing.json}. */
final class LandingReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode root = JSON.createObjectNode();

    LandingReport(String commit) {
        root.put("bench", "landing");
        root.put("commit", commit);
        root.putObject("machine")
                .put("cores", Runtime.getRuntime().availableProcessors())
                .put("java", System.getProperty("java.version"))
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        root.putArray("cases");
    }

    static double median(List<Round> rounds, ToDoubleFunction<Round> of) {
        double[] sorted = rounds.stream().mapToDouble(of).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The median of the ratios within each round: what slows a whole round down does not count. */
    private static double ratio(List<Round> of, List<Round> to, ToDoubleFunction<Round> figure) {
        double[] sorted = IntStream.range(0, of.size())
                .mapToDouble(i -> figure.applyAsDouble(of.get(i)) / figure.applyAsDouble(to.get(i)))
                .sorted()
                .toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Adds a case and returns its table. */
    String add(LandingCase landed, Map<Contestant, List<Round>> rounds, double load) {
        ObjectNode node = JSON.createObjectNode();
        node.put("case", landed.name());
        node.put("unit", "records/s");
        node.put("records_a_file", landed.rollRecords());
        node.put("load_average_before", load);
        ObjectNode subjects = node.putObject("subjects");
        rounds.forEach((subject, its) -> subjects.set(subject.label(), subject(its)));
        addRatios(node, rounds);
        root.withArray("cases").add(node);
        return table(landed, rounds, load);
    }

    private static ObjectNode subject(List<Round> rounds) {
        ObjectNode node = JSON.createObjectNode();
        node.put("median", Math.round(median(rounds, Round::rate)));
        rounds.forEach(round -> node.withArray("rounds").add(Math.round(round.rate())));
        node.put("cpu_s", rounded(median(rounds, Round::cpuSeconds)));
        node.put("peak_heap_mib", rounded(median(rounds, Round::peakHeapMib)));
        node.put("live_heap_mib", rounded(median(rounds, Round::liveHeapMib)));
        node.put("alloc_bytes_per_record", Math.round(median(rounds, Round::allocatedPerRecord)));
        node.put("cpu_us_per_record", rounded(median(rounds, Round::cpuMicros)));
        node.put("records", rounds.get(0).records());
        node.put("files", rounds.get(0).files());
        return node;
    }

    private static void addRatios(ObjectNode node, Map<Contestant, List<Round>> rounds) {
        ObjectNode ratios = node.putObject("ratios");
        ObjectNode cpu = node.putObject("cpu_ratios");
        List<Round> bare = rounds.get(Contestant.BARE);
        List<Round> wadi = rounds.get(Contestant.WADI);
        rounds.forEach((subject, its) -> {
            if (bare != null && subject != Contestant.BARE) {
                ratios.put(subject.label() + "/bare", rounded(ratio(its, bare, Round::rate)));
                cpu.put(subject.label() + "/bare", rounded(ratio(its, bare, Round::cpuMicros)));
            }
            if (wadi != null && subject != Contestant.WADI && subject != Contestant.BARE) {
                ratios.put("wadi/" + subject.label(), rounded(ratio(wadi, its, Round::rate)));
                cpu.put("wadi/" + subject.label(), rounded(ratio(wadi, its, Round::cpuMicros)));
            }
        });
    }

    private static double rounded(double figure) {
        return Math.round(figure * 1_000) / 1_000.0;
    }

    private static String table(LandingCase landed, Map<Contestant, List<Round>> rounds, double load) {
        List<Round> bare = rounds.get(Contestant.BARE);
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%n%s over %d partitions, %,d records a file; load average before: %.1f on %d cores%n",
                landed.name(),
                LandingCase.PARTITIONS,
                landed.rollRecords(),
                load,
                Runtime.getRuntime().availableProcessors()));
        table.append(row(
                "",
                "records/s",
                "min - max",
                "CPU s",
                "CPU us/rec",
                "heap MiB",
                "live MiB",
                "alloc B/rec",
                "files",
                "/bare",
                "CPU/bare"));
        rounds.forEach((subject, its) -> table.append(row(
                subject.label() + (its.get(0).records() == landed.records() ? "" : " *"),
                whole(median(its, Round::rate)),
                whole(its.stream().mapToDouble(Round::rate).min().orElseThrow()) + " - "
                        + whole(its.stream().mapToDouble(Round::rate).max().orElseThrow()),
                decimals(median(its, Round::cpuSeconds)),
                decimals(median(its, Round::cpuMicros)),
                whole(median(its, Round::peakHeapMib)),
                whole(median(its, Round::liveHeapMib)),
                whole(median(its, Round::allocatedPerRecord)),
                Integer.toString(its.get(0).files()),
                bare == null ? "" : decimals(ratio(its, bare, Round::rate)),
                bare == null ? "" : decimals(ratio(its, bare, Round::cpuMicros)))));
        rounds.values().stream()
                .flatMap(List::stream)
                .filter(round -> round.records() != landed.records())
                .findFirst()
                .ifPresent(round -> table.append(
                        String.format(Locale.ROOT, "* on %,d records; compare the rates%n", round.records())));
        return table.toString();
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, "%-10s%11s%21s%9s%12s%10s%10s%13s%8s%8s%10s%n", (Object[]) cells);
    }

    private static String whole(double figure) {
        return String.format(Locale.ROOT, "%,d", Math.round(figure));
    }

    private static String decimals(double figure) {
        return String.format(Locale.ROOT, "%.2f", figure);
    }

    /** Writes all cases added so far. */
    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    }
}
