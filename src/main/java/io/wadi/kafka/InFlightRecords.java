package io.wadi.kafka;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** How many records each group's consumers in this process have begun and not finished. Thread-safe. */
public final class InFlightRecords {
    private final Map<String, Group> groups = new ConcurrentHashMap<>();

    private static final class Group {
        private final Set<OfConsumer> consumers = ConcurrentHashMap.newKeySet();
        private long left;
    }

    /** One consumer's part, from its beginning to its end. */
    public final class OfConsumer {
        private final Group group;
        private volatile long begun;

        private OfConsumer(String group) {
            this.group = groups.computeIfAbsent(group, name -> new Group());
            this.group.consumers.add(this);
        }

        /** So many are handed over and not done now. */
        public void begun(long records) {
            begun = records;
        }

        /** So many were begun here and are not finished, since the partition was given back or lost. */
        public void left(long records) {
            synchronized (group) {
                group.left += records;
            }
        }

        /** The consumer has ended. */
        public void ended() {
            group.consumers.remove(this);
        }
    }

    public OfConsumer consumer(String group) {
        return new OfConsumer(group);
    }

    /** Those that consumers of the group have begun and not finished at this moment. */
    public long begun(String group) {
        Group found = groups.get(group);
        return found == null
                ? 0
                : found.consumers.stream().mapToLong(each -> each.begun).sum();
    }

    /** Those that were left unfinished since this was asked last, to be done again by who reads the partitions next. */
    public long takeLeft(String group) {
        Group found = groups.get(group);
        if (found == null) {
            return 0;
        }
        synchronized (found) {
            long left = found.left;
            found.left = 0;
            return left;
        }
    }
}
