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

/**
 * The common part of all benchmarks' reports: head and cases of the JSON, medians, ratios and the format of figures.
 */
final class Report {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Maximum cores used by other work on a quiet machine; the kernel's own threads, which serve the benchmark, use
     * less.
     */
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
     * Adds a measured case without its figures. Its ratios are final if the machine was quiet since the last case.
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

    /** Returns a line that states that a case's ratios are not final; empty if they are. */
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

    /** Returns the median of the ratios within each round, so that effects on a whole round do not count. */
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

    /** Returns a figure rounded to three decimals. */
    static double rounded(double figure) {
        return Math.round(figure * 1_000) / 1_000.0;
    }

    /** Formats a whole number, such as {@code 12,345}. */
    static String whole(double figure) {
        return String.format(Locale.ROOT, "%,d", Math.round(figure));
    }

    /** Formats a number with two decimals, such as {@code 1.23}. */
    static String decimals(double figure) {
        return String.format(Locale.ROOT, "%.2f", figure);
    }

    /** Writes all cases added so far. */
    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    }
}
