package io.wadi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The measurements that {@link io.wadi.bench.siege.LoopProbe} has written, one line per second.
 *
 * @param lines the lines in order of time
 */
record LoopFigures(List<Line> lines) {
    /**
     * The figures of a second.
     *
     * @param millis the time in milliseconds since 1970
     * @param turnMicros the longest turn of an event loop in elapsed time, without garbage collections
     * @param cpuMicros the longest turn in CPU time of its thread
     * @param heapBytes the heap in use after a full collection; -1 if there was none
     * @param loops the number of event loops that were found
     */
    record Line(long millis, long turnMicros, long cpuMicros, long heapBytes, int loops) {
        static Line of(String text) {
            String[] fields = text.split(" ", -1);
            return new Line(
                    Long.parseLong(fields[0]),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2]),
                    Long.parseLong(fields[3]),
                    Integer.parseInt(fields[4]));
        }
    }

    /** Returns the lines between two times, in milliseconds since 1970. */
    static LoopFigures read(Path file, long begin, long end) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return new LoopFigures(lines.filter(each -> each.matches("\\d+( -?\\d+){4}"))
                    .map(Line::of)
                    .filter(each -> begin <= each.millis() && each.millis() <= end)
                    .toList());
        }
    }

    double longestMs(ToLongFunction<Line> micros) {
        return lines.stream().mapToLong(micros).max().orElse(0) / 1e3;
    }

    /** Returns the number of seconds in which the CPU time of a turn exceeded this. */
    long secondsOver(double cpuMs) {
        return lines.stream().filter(each -> each.cpuMicros() > cpuMs * 1e3).count();
    }

    /** Returns the heap in use after each full collection, in MiB. */
    List<Double> heapMib() {
        return lines.stream()
                .filter(each -> each.heapBytes() >= 0)
                .map(each -> each.heapBytes() / (double) (1 << 20))
                .toList();
    }
}
