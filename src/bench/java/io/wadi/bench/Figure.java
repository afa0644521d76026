package io.wadi.bench;

import static io.wadi.bench.Report.decimals;
import static io.wadi.bench.Report.whole;

import java.util.function.ToDoubleFunction;

/**
 * A figure of a round; NaN if a round does not have it.
 *
 * @param name the name in the JSON
 * @param heading the heading in the table
 * @param ratios the name of its ratios in the JSON; empty if there are none
 * @param of returns the figure of a round
 */
record Figure<R>(String name, String heading, String ratios, ToDoubleFunction<R> of) {
    private static final int FOUR_DIGITS = 1_000;
    private static final int WIDEST = "1,234,567".length();

    static <R> Figure<R> of(String name, String heading, ToDoubleFunction<R> of) {
        return new Figure<>(name, heading, "", of);
    }

    static <R> Figure<R> compared(String name, String heading, String ratios, ToDoubleFunction<R> of) {
        return new Figure<>(name, heading, ratios, of);
    }

    boolean isCompared() {
        return !ratios.isEmpty();
    }

    /** Returns the heading as a cell of the table. */
    String head() {
        return cell(heading);
    }

    /** Returns a value of the figure as a cell of the table. */
    String cell(double figure) {
        return cell(Double.isNaN(figure) ? "" : figure >= FOUR_DIGITS ? whole(figure) : decimals(figure));
    }

    private String cell(String text) {
        int width = Math.max(heading.length(), WIDEST) + 2;
        return " ".repeat(width - text.length()) + text;
    }
}
