package io.wadi.kafka.streams;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.state.HostInfo;

/** The queryable tables of this instance's topologies. Thread-safe. */
public final class Tables {
    /**
     * The prefix of a generated host name: without a unique application server, Kafka Streams returns no metadata of
     * partitions.
     */
    private static final String NOT_ADVERTISED = "not-advertised-";

    private final Map<String, StreamsFlow> flows;
    private final String self;
    private final Map<String, RunningFlow> running = new ConcurrentHashMap<>();

    /**
     * Creates the tables of flows.
     *
     * @param flows the flows by name; later changes are visible
     * @param advertised the {@code host:port} at which other instances reach this one; empty for none
     */
    Tables(Map<String, StreamsFlow> flows, String advertised) {
        this.flows = flows;
        self = advertised.isEmpty() ? NOT_ADVERTISED + UUID.randomUUID() + ":1" : advertised;
    }

    String self() {
        return self;
    }

    static boolean isAdvertised(HostInfo instance) {
        return !instance.equals(HostInfo.unavailable()) && !instance.host().startsWith(NOT_ADVERTISED);
    }

    /**
     * A table of a flow.
     *
     * @param application the application id of its topology
     * @param state the local state; empty while the topology does not run
     */
    record RunningTable(QueryableTable table, String application, Optional<TableState> state) {}

    /** Adds a started flow. Returns the action that removes it, which must run before the flow stops. */
    Runnable add(String flow, RunningFlow started) {
        running.put(flow, started);
        return () -> running.remove(flow, started);
    }

    List<RunningTable> all() {
        return flows.entrySet().stream()
                .flatMap(flow -> flow.getValue().tables().stream()
                        .map(table -> new RunningTable(table, flow.getValue().applicationId(), state(flow.getKey()))))
                .sorted(Comparator.comparing(found -> found.table().name()))
                .toList();
    }

    private Optional<TableState> state(String flow) {
        return Optional.ofNullable(running.get(flow)).flatMap(RunningFlow::tables);
    }

    Map<String, RunningTable> byName() {
        Map<String, RunningTable> found = new LinkedHashMap<>();
        all().forEach(each -> found.put(each.table().name(), each));
        return found;
    }
}
