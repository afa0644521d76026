package io.wadi.local.soak;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** How a series grows: the median of the slopes between all pairs of its points (Theil and Sen), which single outliers do not turn. */
final class Slope {
    /** More points are thinned out to so many: the pairs grow with the square. */
    private static final int MOST = 400;

    private Slope() {}

    /** A point of a series. */
    record Point(double second, double value) {}

    /** What the series grows by in an hour; NaN where it has fewer than two different times. */
    static double anHour(List<Point> series) {
        int step = (series.size() + MOST - 1) / MOST;
        List<Point> points = step <= 1
                ? series
                : IntStream.range(0, series.size() / step)
                        .mapToObj(i -> series.get(i * step))
                        .toList();
        double[] slopes = new double[points.size() * (points.size() - 1) / 2];
        int count = 0;
        for (int i = 0; i < points.size(); i++) {
            for (int j = i + 1; j < points.size(); j++) {
                double seconds = points.get(j).second() - points.get(i).second();
                if (seconds > 0) {
                    slopes[count++] = (points.get(j).value() - points.get(i).value()) / seconds;
                }
            }
        }
        return count == 0 ? Double.NaN : 3600 * median(Arrays.copyOf(slopes, count));
    }

    /** The least value of each of so many equal stretches of time: what a sawtooth, such as a heap in use, stands on. */
    static List<Point> floor(List<Point> series, int stretches) {
        if (series.isEmpty()) {
            return List.of();
        }
        double begin = series.get(0).second();
        double length = (series.get(series.size() - 1).second() - begin) / stretches;
        Point[] least = new Point[stretches];
        for (Point each : series) {
            int stretch = length == 0 ? 0 : Math.min(stretches - 1, (int) ((each.second() - begin) / length));
            if (least[stretch] == null || each.value() < least[stretch].value()) {
                least[stretch] = each;
            }
        }
        return Arrays.stream(least).filter(each -> each != null).toList();
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
