package io.wadi.kafka;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The number of records in flight in each group's consumers of this process. Thread-safe. */
public final class InFlightRecords {
    private final Map<String, Group> groups = new ConcurrentHashMap<>();

    private static final class Group {
        private final Set<ConsumerCount> consumers = ConcurrentHashMap.newKeySet();
        private long unfinished;
    }

    /** The number of records in flight in one consumer. */
    public final class ConsumerCount {
        private final Group group;
        private volatile long inFlight;

        private ConsumerCount(String group) {
            this.group = groups.computeIfAbsent(group, name -> new Group());
            this.group.consumers.add(this);
        }

        public void setInFlight(long records) {
            inFlight = records;
        }

        /** Adds records that were still in flight when their partition was revoked or lost. */
        public void addUnfinished(long records) {
            synchronized (group) {
                group.unfinished += records;
            }
        }

        public void close() {
            group.consumers.remove(this);
        }
    }

    /** Adds a consumer to a group. */
    public ConsumerCount consumer(String group) {
        return new ConsumerCount(group);
    }

    /** Returns the number of records in flight in the group's consumers. */
    public long inFlight(String group) {
        Group found = groups.get(group);
        return found == null
                ? 0
                : found.consumers.stream().mapToLong(each -> each.inFlight).sum();
    }

    /**
     * Returns and resets the number of records that were left unfinished and that the partitions' next owners process
     * again.
     */
    public long takeUnfinished(String group) {
        Group found = groups.get(group);
        if (found == null) {
            return 0;
        }
        synchronized (found) {
            long unfinished = found.unfinished;
            found.unfinished = 0;
            return unfinished;
        }
    }
}
