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
 * What a start of a process grows by in an hour once it is warm; NaN where it was not looked at for long enough. Of the heap in use
 * it is what is left after collections.
 *
 * @param process its name
 * @param life which start of it
 * @param hours for how long it was looked at, warm
 */
record Growth(
        String process, int life, double hours, double heapMib, double residentMib, double handles, double threads) {
    /** Seconds until a start is warm, and the seconds after that which it takes to say anything. */
    private static final double WARM = 120;

    private static final double ENOUGH = 300;
    private static final int STRETCHES = 12;

    /** What growth over all that was seen is more than chance, in the measure's own unit. */
    private static final double MUCH_MEMORY = 16;

    private static final double MUCH_HANDLES = 10;
    private static final double MUCH_THREADS = 5;

    /** Of all starts of all processes, the longest one of each. */
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
                life.stream().filter(each -> each.second() >= begin + WARM).toList();
        double seconds = warm.isEmpty() ? 0 : warm.get(warm.size() - 1).second() - begin - WARM;
        boolean enough = seconds >= ENOUGH;
        return new Growth(
                life.get(0).process(),
                life.get(0).life(),
                seconds / 3600,
                enough ? Slope.anHour(Slope.floor(series(warm, ProcessSample::heapMib), STRETCHES)) : Double.NaN,
                enough ? Slope.anHour(series(warm, ProcessSample::residentMib)) : Double.NaN,
                enough ? Slope.anHour(series(warm, ProcessSample::handles)) : Double.NaN,
                enough ? Slope.anHour(series(warm, ProcessSample::threads)) : Double.NaN);
    }

    private static List<Point> series(List<ProcessSample> samples, ToDoubleFunction<ProcessSample> value) {
        return samples.stream()
                .map(each -> new Point(each.second(), value.applyAsDouble(each)))
                .filter(each -> !Double.isNaN(each.value()))
                .toList();
    }

    /** Whether it was looked at for long enough to say. */
    boolean isKnown() {
        return !Double.isNaN(residentMib);
    }

    /** What has grown by more than chance over the time that was seen. */
    List<String> grown() {
        List<String> grown = new ArrayList<>();
        add(grown, "heap", heapMib, MUCH_MEMORY);
        add(grown, "memory", residentMib, MUCH_MEMORY);
        add(grown, "open files", handles, MUCH_HANDLES);
        add(grown, "threads", threads, MUCH_THREADS);
        return grown;
    }

    private void add(List<String> grown, String what, double anHour, double much) {
        if (anHour * hours > much) {
            grown.add(what);
        }
    }
}
