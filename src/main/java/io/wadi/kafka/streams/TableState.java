package io.wadi.kafka.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.ThreadMetadata;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.kstream.Window;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.WindowStoreIterator;

/** The state of a running topology, to be looked into beside its threads. It holds nothing up, and reads what is here alone. */
final class TableState {
    private static final ByteArraySerializer BYTES = new ByteArraySerializer();
    private static final int NO_PARTITION = -1;
    private static final int MOST_LOOKED_AT = 100_000;
    private static final Window ALWAYS = new Window(0, Long.MAX_VALUE) {
        @Override
        public boolean overlap(Window other) {
            return true;
        }
    };

    private final KafkaStreams streams;
    /** The part of the topology that each state belongs to. */
    private final Map<String, Integer> parts = new HashMap<>();

    TableState(KafkaStreams streams, Topology topology) {
        this.streams = streams;
        for (TopologyDescription.Subtopology part : topology.describe().subtopologies()) {
            for (TopologyDescription.Node node : part.nodes()) {
                if (node instanceof TopologyDescription.Processor processor) {
                    processor.stores().forEach(store -> parts.put(store, part.id()));
                }
            }
        }
    }

    /**
     * Which windows are asked for: those that begin in this time, the newest first.
     *
     * @param from in milliseconds since 1970
     * @param to the last millisecond
     * @param most how many
     */
    record Range(long from, long to, int most) {}

    /** The partitions whose state is kept here now, ready to be read or not. */
    Set<Integer> partitions(QueryableTable table) {
        return partitions(table, ThreadMetadata::activeTasks);
    }

    /** The partitions that another process has, and whose state is copied here, so that this one can go on with it. */
    Set<Integer> copies(QueryableTable table) {
        return partitions(table, ThreadMetadata::standbyTasks);
    }

    private Set<Integer> partitions(QueryableTable table, Function<ThreadMetadata, Set<TaskMetadata>> tasks) {
        Integer part = parts.get(table.store());
        return streams.metadataForLocalThreads().stream()
                .flatMap(thread -> tasks.apply(thread).stream())
                .map(TaskMetadata::taskId)
                .filter(task -> part != null && task.subtopology() == part)
                .map(TaskId::partition)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether no partition is on its way from one process to another, as far as this one knows. */
    boolean isSettled() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /** Where a key belongs by Kafka's own partitioner; nothing while that is not known. */
    Optional<KeyQueryMetadata> place(QueryableTable table, byte[] key) {
        try {
            return Optional.ofNullable(streams.queryMetadataForKey(table.store(), key, BYTES))
                    .filter(place -> place.partition() != NO_PARTITION);
        } catch (InvalidStateStoreException | IllegalStateException notNow) {
            return Optional.empty();
        }
    }

    /** The processes that keep some of it and say where they are reached; this one may be among them. */
    List<HostInfo> processes(QueryableTable table) {
        try {
            return streams.streamsMetadataForStore(table.store()).stream()
                    .map(StreamsMetadata::hostInfo)
                    .filter(Tables::isReached)
                    .distinct()
                    .toList();
        } catch (InvalidStateStoreException | IllegalStateException notNow) {
            return List.of();
        }
    }

    /**
     * What is kept under a key: {@code value}, or {@code windows}; nothing where there is nothing.
     *
     * @param partition where it is looked for; not asked of a global table
     * @throws InvalidStateStoreException where that is not kept here, or not ready
     * @throws IllegalArgumentException where what is there cannot be read
     */
    Optional<ObjectNode> read(QueryableTable table, int partition, byte[] key, Range range) {
        try {
            return switch (table.kind()) {
                case BY_KEY, GLOBAL -> value(table, partition, key);
                case WINDOWS -> windows(table, partition, key, range);
                case SESSIONS -> sessions(table, partition, key, range);
            };
        } catch (InvalidStateStoreException notNow) {
            throw notNow;
        } catch (IllegalStateException ended) {
            throw new InvalidStateStoreException(ended.getMessage(), ended);
        }
    }

    private Optional<ObjectNode> value(QueryableTable table, int partition, byte[] key) {
        Object value = store(table, partition, QueryableStoreTypes.<byte[], Object>keyValueStore())
                .get(key);
        return Optional.ofNullable(value)
                .map(table.value())
                .map(shown -> JsonNodeFactory.instance.objectNode().set("value", shown));
    }

    private Optional<ObjectNode> windows(QueryableTable table, int partition, byte[] key, Range range) {
        ArrayNode windows = JsonNodeFactory.instance.arrayNode();
        try (WindowStoreIterator<Object> found = store(
                        table, partition, QueryableStoreTypes.<byte[], Object>windowStore())
                .backwardFetch(key, Instant.ofEpochMilli(range.from()), Instant.ofEpochMilli(range.to()))) {
            while (found.hasNext() && windows.size() < range.most()) {
                KeyValue<Long, Object> each = found.next();
                add(
                        windows,
                        each.key,
                        each.key + table.size().toMillis(),
                        table.value().apply(each.value));
            }
        }
        return shown(windows);
    }

    private Optional<ObjectNode> sessions(QueryableTable table, int partition, byte[] key, Range range) {
        ArrayNode windows = JsonNodeFactory.instance.arrayNode();
        try (KeyValueIterator<Windowed<byte[]>, Object> found = store(
                        table, partition, QueryableStoreTypes.<byte[], Object>sessionStore())
                .backwardFindSessions(key, range.from(), range.to())) {
            while (found.hasNext() && windows.size() < range.most()) {
                KeyValue<Windowed<byte[]>, Object> each = found.next();
                long start = each.key.window().start();
                if (start >= range.from()) {
                    add(windows, start, each.key.window().end(), table.value().apply(each.value));
                }
            }
        }
        return shown(windows);
    }

    private static void add(ArrayNode windows, long start, long end, JsonNode value) {
        windows.addObject()
                .put("start", Instant.ofEpochMilli(start).toString())
                .put("end", Instant.ofEpochMilli(end).toString())
                .set("value", value);
    }

    private static Optional<ObjectNode> shown(ArrayNode windows) {
        return windows.isEmpty()
                ? Optional.empty()
                : Optional.of(JsonNodeFactory.instance.objectNode().set("windows", windows));
    }

    /**
     * What is kept under all keys, each key once, as {@code key}, {@code start} and {@code end} of windows, {@code value}: of its windows
     * the one that holds a time, and of several the one that began first; of sessions the last.
     *
     * @param partition where it is looked for; not asked of a global table
     * @param at in milliseconds since 1970
     * @param most how many are added at most
     * @return whether there are more, or may be: no more than a hundred thousand windows are looked at
     * @throws InvalidStateStoreException where that is not kept here, or not ready
     * @throws IllegalArgumentException where what is there cannot be read
     */
    boolean rows(QueryableTable table, int partition, long at, int most, ArrayNode into) {
        try (KeyValueIterator<Windowed<byte[]>, Object> found = all(table, partition, at)) {
            Map<ByteBuffer, KeyValue<Windowed<byte[]>, Object>> chosen = new LinkedHashMap<>();
            boolean more = false;
            int looked = 0;
            while (found.hasNext() && looked < MOST_LOOKED_AT && (!more || hasWindows(table))) {
                KeyValue<Windowed<byte[]>, Object> each = found.next();
                ByteBuffer key = ByteBuffer.wrap(each.key.key());
                looked++;
                if (chosen.containsKey(key) || chosen.size() < most) {
                    chosen.merge(key, each, (one, other) -> isBefore(table, one, other) ? one : other);
                } else {
                    more = true;
                }
            }
            chosen.values().forEach(each -> addRow(table, each, into));
            return more || found.hasNext();
        } catch (InvalidStateStoreException notNow) {
            throw notNow;
        } catch (IllegalStateException ended) {
            throw new InvalidStateStoreException(ended.getMessage(), ended);
        }
    }

    /** Else each key is there once, and the rest need not be looked at. */
    private static boolean hasWindows(QueryableTable table) {
        return table.kind() == QueryableTable.Kind.WINDOWS || table.kind() == QueryableTable.Kind.SESSIONS;
    }

    private static boolean isBefore(
            QueryableTable table, KeyValue<Windowed<byte[]>, Object> one, KeyValue<Windowed<byte[]>, Object> other) {
        boolean isEarlier = one.key.window().start() <= other.key.window().start();
        return isEarlier == (table.kind() != QueryableTable.Kind.SESSIONS);
    }

    private static void addRow(QueryableTable table, KeyValue<Windowed<byte[]>, Object> found, ArrayNode into) {
        ObjectNode row = into.addObject().put("key", table.keys().text().apply(found.key.key()));
        Window window = found.key.window();
        if (!window.equals(ALWAYS)) {
            row.put("start", Instant.ofEpochMilli(window.start()).toString());
            row.put("end", Instant.ofEpochMilli(window.end()).toString());
        }
        row.set("value", table.value().apply(found.value));
    }

    private KeyValueIterator<Windowed<byte[]>, Object> all(QueryableTable table, int partition, long at) {
        return switch (table.kind()) {
            case BY_KEY, GLOBAL ->
                new Unwindowed(store(table, partition, QueryableStoreTypes.<byte[], Object>keyValueStore())
                        .all());
            case WINDOWS ->
                store(table, partition, QueryableStoreTypes.<byte[], Object>windowStore())
                        .fetchAll(
                                Instant.ofEpochMilli(
                                        Math.max(0, at - table.size().toMillis() + 1)),
                                Instant.ofEpochMilli(at));
            case SESSIONS ->
                store(table, partition, QueryableStoreTypes.<byte[], Object>sessionStore())
                        .fetch(null, null);
        };
    }

    /** Entries without windows as if all had the same. */
    private record Unwindowed(KeyValueIterator<byte[], Object> entries)
            implements KeyValueIterator<Windowed<byte[]>, Object> {
        @Override
        public boolean hasNext() {
            return entries.hasNext();
        }

        @Override
        public KeyValue<Windowed<byte[]>, Object> next() {
            KeyValue<byte[], Object> next = entries.next();
            return new KeyValue<>(new Windowed<>(next.key, ALWAYS), next.value);
        }

        @Override
        public Windowed<byte[]> peekNextKey() {
            return new Windowed<>(entries.peekNextKey(), ALWAYS);
        }

        @Override
        public void close() {
            entries.close();
        }
    }

    private <S> S store(QueryableTable table, int partition, QueryableStoreType<S> type) {
        StoreQueryParameters<S> wanted = StoreQueryParameters.fromNameAndType(table.store(), type);
        return streams.store(table.kind() == QueryableTable.Kind.GLOBAL ? wanted : wanted.withPartition(partition));
    }
}
