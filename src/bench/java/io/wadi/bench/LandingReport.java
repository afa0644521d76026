package io.wadi.bench;

import static io.wadi.bench.Report.decimals;
import static io.wadi.bench.Report.median;
import static io.wadi.bench.Report.ratio;
import static io.wadi.bench.Report.rounded;
import static io.wadi.bench.Report.whole;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The printed tables and {@code target/bench/landing.json}. */
final class LandingReport {
    private final Report report;

    LandingReport(String commit) {
        report = new Report("landing", commit);
    }

    /** Adds a case and returns its table. */
    String add(LandingCase landed, Map<Contestant, List<Round>> rounds, double load) {
        ObjectNode node = report.addCase(landed.name(), "records/s", load);
        node.put("records_a_file", landed.rollRecords());
        ObjectNode subjects = node.putObject("subjects");
        rounds.forEach((subject, its) -> subjects.set(subject.label(), subject(its)));
        addRatios(node, rounds);
        return table(landed, rounds, load) + Report.note(node);
    }

    private static ObjectNode subject(List<Round> rounds) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
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

    /** Writes all cases added so far. */
    void write(Path file) throws IOException {
        report.write(file);
    }
}
