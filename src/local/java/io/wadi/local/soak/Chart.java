package io.wadi.local.soak;

import io.wadi.local.soak.Slope.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An SVG chart of series over the run: axes with units, and a line and a band for each fault. The page defines the
 * colors.
 *
 * @param unit the unit of the values
 * @param lines the series, drawn in this order
 */
record Chart(String title, String unit, List<Line> lines) {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 250;
    private static final int LEFT = 58;
    private static final int RIGHT = 14;
    private static final int TOP = 34;
    private static final int BOTTOM = 32;
    /** Maximum number of visible points. */
    private static final int MAX_POINTS = 600;

    private static final double[] TIME_STEPS = {
        5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400
    };
    private static final int MAX_TIME_TICKS = 13;

    /**
     * A series.
     *
     * @param name the name in the legend
     * @param style the CSS class
     * @param points ordered by time; the line is interrupted at NaN
     */
    record Line(String name, String style, List<Point> points) {}

    /** Returns the chart for a run of {@code seconds}. */
    String svg(double seconds, List<Recovery> faults) {
        double most = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::value)
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(1);
        double step = niceStep(Math.max(most, 1e-9) / 4);
        double top = step * Math.ceil(Math.max(most, step) / step * 1.0001);
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s, %s, over %s minutes\">%n",
                WIDTH,
                HEIGHT,
                Html.text(title),
                Html.text(unit),
                Fault.clock(seconds)));
        for (Recovery each : faults) {
            band(svg, each, seconds);
        }
        for (double value = 0; value <= top + step / 2; value += step) {
            double y = y(value, top);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text class=\"tick\" x=\"%d\" y=\"%.1f\""
                            + " text-anchor=\"end\">%s</text>%n",
                    value == 0 ? "axis" : "grid",
                    LEFT,
                    WIDTH - RIGHT,
                    y,
                    y,
                    LEFT - 8,
                    y + 4,
                    number(value, step)));
        }
        svg.append(
                String.format(Locale.ROOT, "<text class=\"unit\" x=\"%d\" y=\"12\">%s</text>%n", 2, Html.text(unit)));
        timeAxis(svg, seconds);
        for (Line line : lines) {
            svg.append(String.format(
                    "<path class=\"series %s\" d=\"%s\"><title>%s</title></path>%n",
                    line.style(), path(thin(line.points(), seconds), seconds, top), Html.text(line.name())));
        }
        marks(svg, faults, seconds);
        return svg.append("</svg>").toString();
    }

    /** Returns the legend as HTML. */
    String legend() {
        return lines.stream()
                .map(line -> "<span class=\"key\"><svg viewBox=\"0 0 22 8\" aria-hidden=\"true\"><path class=\"series "
                        + line.style() + "\" d=\"M1 4H21\"/></svg>" + Html.text(line.name()) + "</span>")
                .collect(Collectors.joining("\n"));
    }

    private static void band(StringBuilder svg, Recovery fault, double seconds) {
        double from = x(fault.began(), seconds);
        double to = x(Math.min(fault.ended(), seconds), seconds);
        svg.append(String.format(
                Locale.ROOT,
                "<rect class=\"band\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
                from,
                TOP,
                Math.max(0, to - from),
                HEIGHT - TOP - BOTTOM));
    }

    private static void marks(StringBuilder svg, List<Recovery> faults, double seconds) {
        for (Recovery each : faults) {
            double x = x(each.began(), seconds);
            svg.append(String.format(
                    Locale.ROOT,
                    "<g class=\"fault\"><title>%s</title><line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>"
                            + "<circle cx=\"%.1f\" cy=\"%d\" r=\"8\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text></g>%n",
                    Html.text(Fault.clock(each.began()) + " " + each.fault().text()),
                    x,
                    x,
                    TOP - 6,
                    HEIGHT - BOTTOM,
                    x,
                    TOP - 14,
                    x,
                    TOP - 10,
                    each.fault().number()));
        }
    }

    private static void timeAxis(StringBuilder svg, double seconds) {
        double step = TIME_STEPS[TIME_STEPS.length - 1];
        for (int i = TIME_STEPS.length - 1; i >= 0 && seconds / TIME_STEPS[i] <= MAX_TIME_TICKS; i--) {
            step = TIME_STEPS[i];
        }
        for (double second = 0; second <= seconds; second += step) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                    x(second, seconds),
                    HEIGHT - BOTTOM + 17,
                    step < 60 ? Fault.clock(second) : Long.toString(Math.round(second / 60))));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<text class=\"unit\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
                WIDTH - RIGHT,
                HEIGHT - 2,
                step < 60 ? "minutes and seconds of the run" : "minutes of the run"));
    }

    private static String path(List<Point> points, double seconds, double top) {
        StringBuilder path = new StringBuilder();
        boolean broken = true;
        for (Point each : points) {
            if (Double.isNaN(each.value())) {
                broken = true;
                continue;
            }
            path.append(String.format(
                    Locale.ROOT, "%s%.1f %.1f", broken ? "M" : "L", x(each.second(), seconds), y(each.value(), top)));
            broken = false;
        }
        return path.toString();
    }

    /** Averages points that are closer than the resolution. A mean that includes an unknown value is unknown. */
    private static List<Point> thin(List<Point> points, double seconds) {
        if (points.size() <= MAX_POINTS) {
            return points;
        }
        double width = seconds / MAX_POINTS;
        List<Point> thinned = new ArrayList<>();
        int i = 0;
        while (i < points.size()) {
            double begin = points.get(i).second();
            double sum = 0;
            int count = 0;
            while (i < points.size() && points.get(i).second() < begin + width) {
                sum += points.get(i).value();
                count++;
                i++;
            }
            thinned.add(new Point(begin, sum / count));
        }
        return thinned;
    }

    private static double x(double second, double seconds) {
        return LEFT + (WIDTH - LEFT - RIGHT) * Math.min(1, second / seconds);
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * Math.max(0, value) / top;
    }

    /** Returns one, two or five times a power of ten, at least {@code least}. */
    static double niceStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= least * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static String number(double value, double step) {
        int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
