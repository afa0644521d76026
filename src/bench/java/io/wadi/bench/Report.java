package io.wadi.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** What the reports of all benchmarks share: the head and the cases of the JSON, medians, ratios, and how figures are written. */
final class Report {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The cores that other work may take; the kernel's own threads, which serve the bench, take less. */
    private static final double QUIET = 0.15;

    private final ObjectNode root = JSON.createObjectNode();
    private final DoubleSupplier otherWork;

    Report(String bench, String commit) {
        this(bench, commit, OtherWork.start());
    }

    /** @param otherWork returns the cores that other work has taken since its last call */
    Report(String bench, String commit, DoubleSupplier otherWork) {
        this.otherWork = otherWork;
        root.put("bench", bench);
        root.put("commit", commit);
        root.putObject("machine")
                .put("cores", Runtime.getRuntime().availableProcessors())
                .put("java", System.getProperty("java.version"))
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        root.putArray("cases");
    }

    /**
     * Adds a case that has been measured, to be filled in. Its ratios are final if the machine was quiet since the last one.
     *
     * @param load the machine's load average before it
     */
    ObjectNode addCase(String name, String unit, double load) {
        double others = rounded(otherWork.getAsDouble());
        return root.withArray("cases")
                .addObject()
                .put("case", name)
                .put("unit", unit)
                .put("load_average_before", load)
                .put("other_work_cores", others)
                .put("final", others <= QUIET);
    }

    /** Returns a line that a case's ratios are not final; empty if they are. */
    static String note(ObjectNode addedCase) {
        return addedCase.path("final").booleanValue()
                ? ""
                : "NOT FINAL: other work took %s of %d cores, expected at most %s: measure again on a quiet machine%n"
                        .formatted(
                                decimals(addedCase.path("other_work_cores").doubleValue()),
                                Runtime.getRuntime().availableProcessors(),
                                decimals(QUIET));
    }

    static <R> double median(List<R> rounds, ToDoubleFunction<R> of) {
        return median(rounds.stream().mapToDouble(of));
    }

    /** The median of the ratios within each round: what slows a whole round down does not count. */
    static <R> double ratio(List<R> of, List<R> to, ToDoubleFunction<R> figure) {
        return median(IntStream.range(0, of.size())
                .mapToDouble(i -> figure.applyAsDouble(of.get(i)) / figure.applyAsDouble(to.get(i))));
    }

    private static double median(DoubleStream figures) {
        double[] sorted = figures.toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** To three decimals. */
    static double rounded(double figure) {
        return Math.round(figure * 1_000) / 1_000.0;
    }

    /** Such as {@code 12,345}. */
    static String whole(double figure) {
        return String.format(Locale.ROOT, "%,d", Math.round(figure));
    }

    /** Such as {@code 1.23}. */
    static String decimals(double figure) {
        return String.format(Locale.ROOT, "%.2f", figure);
    }

    /** Writes all cases added so far. */
    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    }
}
