package io.wadi.ingest.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counters and errors of a run. Thread-safe. */
final class Tally {
    private static final int MAX_REPORTED = 20;

    private final Map<String, Long> figures = new TreeMap<>();
    private final List<String> wrong = new ArrayList<>();

    synchronized void count(String what, long more) {
        figures.merge(what, more, Long::sum);
    }

    synchronized void wrong(String what) {
        count("wrong", 1);
        if (wrong.size() < MAX_REPORTED) {
            wrong.add(what);
        }
    }

    synchronized long of(String what) {
        return figures.getOrDefault(what, 0L);
    }

    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    @Override
    public synchronized String toString() {
        return figures.toString();
    }
}
