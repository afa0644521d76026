package io.wadi.kafka.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
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
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * Read access to the local state of a running topology. Stream threads wait only while {@link #rows} copies the keys of
 * a table without windows.
 */
final class TableState {
    private static final ByteArraySerializer BYTES = new ByteArraySerializer();
    private static final int NO_PARTITION = -1;
    private static final int MAX_SCANNED = 100_000;
    /** The maximum number of keys of a store for a copy of them, which takes about 80 MB. */
    private static final int MAX_COPIED = 2_000_000;

    private static final Window ALWAYS = new Window(0, Long.MAX_VALUE) {
        @Override
        public boolean overlap(Window other) {
            return true;
        }
    };

    private final KafkaStreams streams;
    /** The id of the subtopology by state store. */
    private final Map<String, Integer> subtopologies = new HashMap<>();

    TableState(KafkaStreams streams, Topology topology) {
        this.streams = streams;
        for (TopologyDescription.Subtopology subtopology : topology.describe().subtopologies()) {
            for (TopologyDescription.Node node : subtopology.nodes()) {
                if (node instanceof TopologyDescription.Processor processor) {
                    processor.stores().forEach(store -> subtopologies.put(store, subtopology.id()));
                }
            }
        }
    }

    /** Thrown if a partition of a table without windows has too many keys to list rows. */
    static final class TooManyKeysException extends RuntimeException {
        TooManyKeysException(long keys) {
            super("has %,d keys in a partition, expected at most %,d to list rows: query a key with /tables/NAME/KEY"
                    .formatted(keys, MAX_COPIED));
        }
    }

    /**
     * A query of windows by their start, newest first.
     *
     * @param from the first millisecond since the epoch
     * @param to the last millisecond
     * @param max the maximum number of windows
     */
    record Range(long from, long to, int max) {}

    /** Returns the partitions of local active tasks, including those that are still being restored. */
    Set<Integer> partitions(QueryableTable table) {
        return partitions(table, ThreadMetadata::activeTasks);
    }

    Set<Integer> standbyPartitions(QueryableTable table) {
        return partitions(table, ThreadMetadata::standbyTasks);
    }

    private Set<Integer> partitions(QueryableTable table, Function<ThreadMetadata, Set<TaskMetadata>> tasks) {
        Integer subtopology = subtopologies.get(table.store());
        return streams.metadataForLocalThreads().stream()
                .flatMap(thread -> tasks.apply(thread).stream())
                .map(TaskMetadata::taskId)
                .filter(task -> subtopology != null && task.subtopology() == subtopology)
                .map(TaskId::partition)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns whether no rebalance is in progress, as far as this instance has detected. */
    boolean isSettled() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /** Returns the partition and host of a key by Kafka's partitioner; empty while they are unknown. */
    Optional<KeyQueryMetadata> metadata(QueryableTable table, byte[] key) {
        try {
            return Optional.ofNullable(streams.queryMetadataForKey(table.store(), key, BYTES))
                    .filter(metadata -> metadata.partition() != NO_PARTITION);
        } catch (InvalidStateStoreException | IllegalStateException notReady) {
            return Optional.empty();
        }
    }

    /** Returns the instances with partitions of a table and an advertised address, possibly including this one. */
    List<HostInfo> instances(QueryableTable table) {
        try {
            return streams.streamsMetadataForStore(table.store()).stream()
                    .map(StreamsMetadata::hostInfo)
                    .filter(Tables::isAdvertised)
                    .distinct()
                    .toList();
        } catch (InvalidStateStoreException | IllegalStateException notReady) {
            return List.of();
        }
    }

    /**
     * Returns the entry of a key as {@code value}, or as {@code windows} and {@code more}; empty for none. {@code more}
     * is whether the range has windows before the returned ones.
     *
     * @param partition the partition to read; ignored for a global table
     * @throws InvalidStateStoreException if the partition is not local, or not ready
     * @throws IllegalArgumentException if a stored value is malformed
     */
    Optional<ObjectNode> read(QueryableTable table, int partition, byte[] key, Range range, int characters) {
        try {
            return switch (table.kind()) {
                case BY_KEY, GLOBAL -> value(table, partition, key);
                case WINDOWS, SLIDING -> windows(table, partition, key, range, characters);
                case SESSIONS -> sessions(table, partition, key, range, characters);
            };
        } catch (IllegalStateException stopped) {
            throw new InvalidStateStoreException(stopped.getMessage(), stopped);
        }
    }

    private Optional<ObjectNode> value(QueryableTable table, int partition, byte[] key) {
        Object value = store(table, partition, QueryableStoreTypes.<byte[], Object>keyValueStore())
                .get(key);
        return Optional.ofNullable(value)
                .map(table.value())
                .map(json -> JsonNodeFactory.instance.objectNode().set("value", json));
    }

    private Optional<ObjectNode> windows(QueryableTable table, int partition, byte[] key, Range range, int characters) {
        return windows(
                table,
                range,
                characters,
                store(table, partition, QueryableStoreTypes.<byte[], Object>windowStore())
                        .backwardFetch(key, Instant.ofEpochMilli(range.from()), Instant.ofEpochMilli(range.to())),
                start -> start,
                start -> start + table.size().toMillis());
    }

    private Optional<ObjectNode> sessions(
            QueryableTable table, int partition, byte[] key, Range range, int characters) {
        return windows(
                table,
                range,
                characters,
                store(table, partition, QueryableStoreTypes.<byte[], Object>sessionStore())
                        .backwardFindSessions(key, range.from(), range.to()),
                session -> session.window().start(),
                session -> session.window().end());
    }

    static <K> Optional<ObjectNode> windows(
            QueryableTable table,
            Range range,
            int maxCharacters,
            KeyValueIterator<K, Object> entries,
            ToLongFunction<K> start,
            ToLongFunction<K> end) {
        ArrayNode windows = JsonNodeFactory.instance.arrayNode();
        int characters = 0;
        boolean more = false;
        try (entries) {
            while (entries.hasNext() && !more) {
                KeyValue<K, Object> each = entries.next();
                if (start.applyAsLong(each.key) < range.from()) {
                    // Sessions that overlap the range may start before it.
                    continue;
                }
                more = windows.size() >= range.max() || characters >= maxCharacters;
                if (!more) {
                    JsonNode value = table.value().apply(each.value);
                    characters += value.toString().length();
                    TableRows.addTimes(windows.addObject(), start.applyAsLong(each.key), end.applyAsLong(each.key))
                            .set("value", value);
                }
            }
        }
        if (windows.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode found = JsonNodeFactory.instance.objectNode();
        found.set("windows", windows);
        return Optional.of(found.put("more", more));
    }

    /**
     * Adds a row for each key, with the fields {@code key} and {@code value}, and for windows {@code start} and
     * {@code end}. If several windows of a key contain the time, the row is that of the earliest one; if a key has
     * several sessions, that of the latest one.
     *
     * @param partition the partition to read; ignored for a global table
     * @param at the time, in milliseconds since the epoch
     * @param isAnySession whether sessions need not contain the time
     * @param rows receives the rows and limits them
     * @return whether there are or may be more rows: at most 100,000 windows are scanned
     * @throws InvalidStateStoreException if the partition is not local, or not ready
     * @throws TooManyKeysException if the partition has too many keys to list rows
     * @throws IllegalArgumentException if a stored value is malformed
     */
    boolean rows(QueryableTable table, int partition, long at, boolean isAnySession, TableRows rows) {
        try (KeyValueIterator<Windowed<byte[]>, Object> found = all(table, partition, at)) {
            int scanned = 0;
            while (found.hasNext() && scanned < MAX_SCANNED && (!rows.isFull() || hasWindows(table))) {
                KeyValue<Windowed<byte[]>, Object> each = found.next();
                scanned++;
                if (table.kind() == QueryableTable.Kind.SESSIONS && !isAnySession && !contains(each.key.window(), at)) {
                    continue;
                }
                ByteBuffer key = ByteBuffer.wrap(each.key.key());
                Window before = rows.window(key);
                if (before == null ? rows.mayAdd() : !isBefore(table, before, each.key.window())) {
                    Window window = each.key.window();
                    rows.put(
                            key,
                            window,
                            !window.equals(ALWAYS),
                            table.keys().text().apply(each.key.key()),
                            table.value().apply(each.value));
                }
            }
            return rows.isFull() || found.hasNext();
        } catch (IllegalStateException stopped) {
            throw new InvalidStateStoreException(stopped.getMessage(), stopped);
        }
    }

    private static boolean contains(Window session, long at) {
        return session.start() <= at && at <= session.end();
    }

    static boolean hasWindows(QueryableTable table) {
        return table.kind() != QueryableTable.Kind.BY_KEY && table.kind() != QueryableTable.Kind.GLOBAL;
    }

    private static boolean isBefore(QueryableTable table, Window one, Window other) {
        boolean isEarlier = one.start() <= other.start();
        return isEarlier == (table.kind() != QueryableTable.Kind.SESSIONS);
    }

    private KeyValueIterator<Windowed<byte[]>, Object> all(QueryableTable table, int partition, long at) {
        return switch (table.kind()) {
            case BY_KEY, GLOBAL ->
                entries(store(table, partition, QueryableStoreTypes.<byte[], Object>keyValueStore()));
            case WINDOWS, SLIDING ->
                store(table, partition, QueryableStoreTypes.<byte[], Object>windowStore())
                        .fetchAll(Instant.ofEpochMilli(table.firstStart(at)), Instant.ofEpochMilli(at));
            case SESSIONS ->
                store(table, partition, QueryableStoreTypes.<byte[], Object>sessionStore())
                        .backwardFetch(null, null);
        };
    }

    /**
     * Returns the entries of a store, which copies its keys, while its topology waits.
     *
     * @throws TooManyKeysException if the copy would be too large
     */
    static KeyValueIterator<Windowed<byte[]>, Object> entries(ReadOnlyKeyValueStore<byte[], Object> store) {
        long keys = store.approximateNumEntries();
        if (keys > MAX_COPIED) {
            throw new TooManyKeysException(keys);
        }
        return new Unwindowed(store.all());
    }

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
        StoreQueryParameters<S> query = StoreQueryParameters.fromNameAndType(table.store(), type);
        return streams.store(table.kind() == QueryableTable.Kind.GLOBAL ? query : query.withPartition(partition));
    }
}
