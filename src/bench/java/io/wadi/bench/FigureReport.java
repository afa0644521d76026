package io.wadi.bench;

import static io.wadi.bench.Report.decimals;
import static io.wadi.bench.Report.median;
import static io.wadi.bench.Report.ratio;
import static io.wadi.bench.Report.rounded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The printed tables and {@code target/bench/NAME.json} of a benchmark that reports figures of its rounds. Subjects are
 * identified by their labels. Two labels have a meaning: {@code bare} is the limit with which all subjects are
 * compared, and {@code wadi} is compared with all others.
 */
final class FigureReport {
    private static final String WADI = "wadi";
    private static final String BARE = "bare";
    /** Minimum width of the first column. */
    private static final int NARROWEST = 9;

    private final Report report;
    private final String peer;
    private ObjectNode last;

    FigureReport(String bench, String commit) {
        this(bench, commit, "");
    }

    /**
     * Creates a report.
     *
     * @param peer another subject with which all are compared; empty for none
     */
    FigureReport(String bench, String commit, String peer) {
        this(new Report(bench, commit), peer);
    }

    FigureReport(Report report, String peer) {
        this.report = report;
        this.peer = peer;
    }

    /** Two subjects, of which the first is compared with the second. */
    private record Pair(String of, String to) {
        String name() {
            return of + "/" + to;
        }
    }

    /**
     * Adds a case and returns its table.
     *
     * @param title what was measured
     * @param rounds the rounds of each subject
     * @param figures the figures; the first is the main one of the case
     */
    <R> String add(String title, Map<String, List<R>> rounds, List<Figure<R>> figures, double load) {
        Figure<R> main = figures.get(0);
        ObjectNode node = report.addCase(title, main.heading(), load);
        last = node;
        ObjectNode subjects = node.putObject("subjects");
        rounds.forEach((subject, its) -> {
            ObjectNode figured = subjects.putObject(subject);
            figured.put("median", Math.round(median(its, main.of())));
            its.forEach(round ->
                    figured.withArray("rounds").add(Math.round(main.of().applyAsDouble(round))));
            figures.stream().skip(1).forEach(each -> put(figured, each.name(), median(its, each.of())));
        });
        for (Figure<R> each : figures) {
            if (each.isCompared()) {
                ObjectNode ratios = node.putObject(each.ratios());
                pairs(rounds).forEach(pair -> put(ratios, pair.name(), compare(pair, rounds, each)));
            }
        }
        return table(title, rounds, figures, load) + Report.note(node);
    }

    /** Adds a detail to the JSON of the case that was added last. */
    void addDetail(String name, JsonNode detail) {
        last.set(name, detail);
    }

    private static void put(ObjectNode node, String name, double figure) {
        if (!Double.isNaN(figure)) {
            node.put(name, rounded(figure));
        }
    }

    /** Returns the comparisons: all subjects with the limit, Wadi with all, and all with the peer. */
    private List<Pair> pairs(Map<String, ?> rounds) {
        List<Pair> pairs = new ArrayList<>();
        for (String each : rounds.keySet()) {
            if (!each.equals(BARE) && rounds.containsKey(BARE)) {
                pairs.add(new Pair(each, BARE));
            }
            if (!each.equals(WADI) && !each.equals(BARE) && rounds.containsKey(WADI)) {
                pairs.add(new Pair(WADI, each));
            }
            if (!each.equals(WADI) && !each.equals(peer) && rounds.containsKey(peer)) {
                pairs.add(new Pair(each, peer));
            }
        }
        return pairs;
    }

    private static <R> double compare(Pair pair, Map<String, List<R>> rounds, Figure<R> figure) {
        return ratio(rounds.get(pair.of()), rounds.get(pair.to()), figure.of());
    }

    private <R> String table(String title, Map<String, List<R>> rounds, List<Figure<R>> figures, double load) {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "%n%s; load average before: %.1f on %d cores%n",
                title,
                load,
                Runtime.getRuntime().availableProcessors()));
        int width = rounds.keySet().stream().mapToInt(String::length).max().orElse(0) + 1;
        table.append(row("", width, figures.stream().map(Figure::head)));
        rounds.forEach((subject, its) ->
                table.append(row(subject, width, figures.stream().map(each -> each.cell(median(its, each.of()))))));
        for (Pair pair : pairs(rounds)) {
            table.append(figures.stream()
                    .filter(Figure::isCompared)
                    .filter(each -> !Double.isNaN(compare(pair, rounds, each)))
                    .map(each -> each.heading() + " " + decimals(compare(pair, rounds, each)))
                    .collect(Collectors.joining(", ", pair.name() + ": ", System.lineSeparator())));
        }
        return table.toString();
    }

    private static String row(String label, int width, Stream<String> cells) {
        String padded = label + " ".repeat(Math.max(width, NARROWEST) - label.length());
        return cells.collect(Collectors.joining("", padded, System.lineSeparator()));
    }

    /** Writes all cases added so far. */
    void write(Path file) throws IOException {
        report.write(file);
    }
}
