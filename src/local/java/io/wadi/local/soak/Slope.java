package io.wadi.local.soak;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The Theil-Sen estimator of a series' slope: the median of the slopes between all pairs of points, which is robust
 * against outliers.
 */
final class Slope {
    /** Maximum number of points used, since the number of pairs is quadratic. */
    private static final int MAX_POINTS = 400;

    private Slope() {}

    /** A point of a series. */
    record Point(double second, double value) {}

    /** Returns the growth per hour; NaN with fewer than two different times. */
    static double perHour(List<Point> series) {
        int step = (series.size() + MAX_POINTS - 1) / MAX_POINTS;
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

    /** Returns the minimum of each of several equal time intervals: the floor of a sawtooth such as the used heap. */
    static List<Point> floor(List<Point> series, int intervals) {
        if (series.isEmpty()) {
            return List.of();
        }
        double begin = series.get(0).second();
        double length = (series.get(series.size() - 1).second() - begin) / intervals;
        Point[] least = new Point[intervals];
        for (Point each : series) {
            int interval = length == 0 ? 0 : Math.min(intervals - 1, (int) ((each.second() - begin) / length));
            if (least[interval] == null || each.value() < least[interval].value()) {
                least[interval] = each;
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
