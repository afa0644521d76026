package io.wadi.indexing.rebuild;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The progress of a rebuild. Thread-safe. */
public final class RebuildProgress {
    private final LongAdder indexed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Map<Integer, Long> ends = new ConcurrentHashMap<>();
    private final Map<Integer, Long> positions = new ConcurrentHashMap<>();
    private final Map<Integer, Long> begins = new ConcurrentHashMap<>();
    private volatile String problem;

    /** Adds a partition of the topic. */
    void add(int partition, long begin, long position, long end) {
        begins.put(partition, begin);
        positions.put(partition, position);
        ends.put(partition, end);
    }

    void countIndexed() {
        indexed.increment();
        problem = null;
    }

    void countRefused() {
        refused.increment();
    }

    /** Records a failure that is retried, until a document is indexed. */
    void failed(String failure) {
        problem = failure;
    }

    /** Records the position in a partition, which may have been added since the rebuild began. */
    void reached(int partition, long position) {
        positions.merge(partition, position, Math::max);
    }

    /** Returns the number of documents that this run indexed, including those that existed before. */
    public long indexed() {
        return indexed.sum();
    }

    /** Returns the number of dead letters of this run. */
    public long refused() {
        return refused.sum();
    }

    /** Returns the number of offsets to process in all partitions. */
    public long offsets() {
        return ends.keySet().stream()
                .mapToLong(partition -> ends.get(partition) - begins.get(partition))
                .sum();
    }

    /** Returns the number of offsets that this run and earlier ones processed. */
    public long gone() {
        return ends.keySet().stream()
                .mapToLong(partition -> positions.get(partition) - begins.get(partition))
                .sum();
    }

    /** Returns the failure that is being retried, or null. */
    public String problem() {
        return problem;
    }
}
