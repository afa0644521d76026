package io.wadi.kafka.streams;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.state.HostInfo;

/** What the topologies of this process keep, by the names that it is asked for by. Thread-safe. */
public final class Tables {
    /** Kafka Streams says nothing of partitions to a process without a name, and of all but one of those with the same. */
    private static final String NOWHERE = "not-advertised-";

    private final Map<String, StreamsFlow> flows;
    private final String self;
    private final Map<String, RunningFlow> running = new ConcurrentHashMap<>();

    /**
     * Takes the topologies, by their names; they may come and go.
     *
     * @param advertised where other processes reach this one, {@code host:port}; empty where they do not
     */
    Tables(Map<String, StreamsFlow> flows, String advertised) {
        this.flows = flows;
        self = advertised.isEmpty() ? NOWHERE + UUID.randomUUID() + ":1" : advertised;
    }

    /** This process, among those that share partitions. */
    String self() {
        return self;
    }

    /** Whether a process says where it is reached. */
    static boolean isReached(HostInfo process) {
        return !process.equals(HostInfo.unavailable()) && !process.host().startsWith(NOWHERE);
    }

    /**
     * Something that is kept.
     *
     * @param application the application id of its topology
     * @param state what is here of it; nothing while its topology does not run
     */
    record Found(QueryableTable table, String application, Optional<TableState> state) {}

    /** A topology is started. What is returned is called before it is stopped. */
    Runnable begun(String flow, RunningFlow started) {
        running.put(flow, started);
        return () -> running.remove(flow, started);
    }

    /** All of them, in the order of their names. */
    List<Found> all() {
        return flows.entrySet().stream()
                .flatMap(flow -> flow.getValue().tables().stream()
                        .map(table -> new Found(table, flow.getValue().applicationId(), state(flow.getKey()))))
                .sorted(Comparator.comparing(found -> found.table().name()))
                .toList();
    }

    private Optional<TableState> state(String flow) {
        return Optional.ofNullable(running.get(flow)).flatMap(RunningFlow::tables);
    }

    /** The same, by their names. */
    Map<String, Found> byName() {
        Map<String, Found> found = new LinkedHashMap<>();
        all().forEach(each -> found.put(each.table().name(), each));
        return found;
    }
}
