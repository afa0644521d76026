package io.wadi.ingest.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counters and errors of a run. Thread-safe. */
final class Tally {
    private static final int MAX_REPORTED = 20;

    private final Map<String, Long> counters = new TreeMap<>();
    private final List<String> wrong = new ArrayList<>();

    synchronized void count(String what, long more) {
        counters.merge(what, more, Long::sum);
    }

    synchronized void wrong(String what) {
        count("wrong", 1);
        if (wrong.size() < MAX_REPORTED) {
            wrong.add(what);
        }
    }

    synchronized long of(String what) {
        return counters.getOrDefault(what, 0L);
    }

    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    @Override
    public synchronized String toString() {
        return counters.toString();
    }
}
