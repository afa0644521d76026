package io.wadi.local.soak;

import io.wadi.local.soak.Slope.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The growth of a process per hour after its warm-up; NaN if it was not observed for long enough. The growth of the
 * heap is that of its minima after garbage collections.
 *
 * @param life the number of the process' start
 * @param hours the time of observation after the warm-up
 */
record Growth(
        String process, int life, double hours, double heapMib, double residentMib, double handles, double threads) {
    /** The warm-up and the minimum time of observation after it, in seconds. */
    private static final double WARM_UP = 120;

    private static final double MIN_OBSERVATION = 300;
    private static final int INTERVALS = 12;

    /** The thresholds of significant growth, in the unit of each measure. */
    private static final double MEMORY_THRESHOLD = 16;

    private static final double HANDLES_THRESHOLD = 10;
    private static final double THREADS_THRESHOLD = 5;

    /** Returns the growth of each process during its longest life. */
    static List<Growth> of(List<ProcessSample> samples) {
        Map<String, List<ProcessSample>> lives = samples.stream()
                .collect(Collectors.groupingBy(
                        each -> each.process() + "#" + each.life(), TreeMap::new, Collectors.toList()));
        Map<String, Growth> longest = new TreeMap<>();
        for (List<ProcessSample> life : lives.values()) {
            Growth growth = ofLife(life);
            longest.merge(growth.process, growth, (a, b) -> b.hours > a.hours ? b : a);
        }
        return longest.values().stream()
                .sorted(Comparator.comparing(Growth::process))
                .toList();
    }

    private static Growth ofLife(List<ProcessSample> life) {
        double begin = life.get(0).second();
        List<ProcessSample> warm =
                life.stream().filter(each -> each.second() >= begin + WARM_UP).toList();
        double seconds = warm.isEmpty() ? 0 : warm.get(warm.size() - 1).second() - begin - WARM_UP;
        boolean enough = seconds >= MIN_OBSERVATION;
        return new Growth(
                life.get(0).process(),
                life.get(0).life(),
                seconds / 3600,
                enough ? Slope.perHour(Slope.floor(series(warm, ProcessSample::heapMib), INTERVALS)) : Double.NaN,
                enough ? Slope.perHour(series(warm, ProcessSample::residentMib)) : Double.NaN,
                enough ? Slope.perHour(series(warm, ProcessSample::handles)) : Double.NaN,
                enough ? Slope.perHour(series(warm, ProcessSample::threads)) : Double.NaN);
    }

    private static List<Point> series(List<ProcessSample> samples, ToDoubleFunction<ProcessSample> value) {
        return samples.stream()
                .map(each -> new Point(each.second(), value.applyAsDouble(each)))
                .filter(each -> !Double.isNaN(each.value()))
                .toList();
    }

    /** Returns whether it was observed for long enough. */
    boolean isKnown() {
        return !Double.isNaN(residentMib);
    }

    /** Returns the measures with significant growth. */
    List<String> grown() {
        List<String> grown = new ArrayList<>();
        add(grown, "heap", heapMib, MEMORY_THRESHOLD);
        add(grown, "memory", residentMib, MEMORY_THRESHOLD);
        add(grown, "open files", handles, HANDLES_THRESHOLD);
        add(grown, "threads", threads, THREADS_THRESHOLD);
        return grown;
    }

    private void add(List<String> grown, String what, double perHour, double threshold) {
        if (perHour * hours > threshold) {
            grown.add(what);
        }
    }
}
