package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.wadi.format.JsonText;
import io.wadi.runtime.config.Units;
import io.wadi.streams.definition.Step;
import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.RejectedRecordException;
import io.wadi.streams.expression.TaggedValue;
import io.wadi.streams.expression.ValueType;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * A processor that forwards the first record of each id within a window of stream time, and drops and counts its
 * duplicates. Each partition stores at most as many ids as the step allows; records with further ids are forwarded as
 * rejected.
 */
final class Deduplication extends ContextualProcessor<byte[], byte[], byte[], Deduplication.First> {
    /** The prefix of the store's keys that map an id to the time of its first record. */
    private static final byte ID = 1;
    /** The prefix of the store's keys that list ids by the time of their first record. */
    private static final byte TIME = 0;

    private static final byte[] NONE = {};
    private static final int MAX_ID_BYTES = 1024;
    /**
     * The maximum number of expired ids that are deleted for each record: more than the one id that the record may add.
     */
    private static final int MAX_DELETED = 16;
    /** The maximum number of expired ids that are read at a time, because the store copies the keys of a range. */
    private static final int MAX_EXPIRED = 100_000;

    private final Step.Deduplicate deduplicate;
    private final String storeName;
    private final Meters meters;
    private final Counter duplicates;
    /** The keys of expired ids by time, with the prefix {@link #TIME}. */
    private final Deque<byte[]> expired = new ArrayDeque<>();

    private KeyValueStore<byte[], byte[]> store;
    private Gauge ids;
    /**
     * The latest timestamp of the processor's records. The task's stream time would include records of joined tables.
     */
    private long now;

    Deduplication(String storeName, Step.Deduplicate deduplicate, Meters meters) {
        this.meters = meters;
        this.duplicates = meters.duplicates();
        this.storeName = storeName;
        this.deduplicate = deduplicate;
    }

    /** The metrics of the steps of a route. */
    record Meters(MeterRegistry registry, String route) {
        private static final String IDS = "wadi.streams.deduplication.ids";

        private Counter duplicates() {
            return Counter.builder("wadi.streams.duplicates")
                    .description("Records dropped by deduplicate, by route; includes those of aborted transactions")
                    .tag("route", route)
                    .register(registry);
        }

        /** Registers the gauge of a task, instead of that of a former task that is not closed yet. */
        private Gauge stored(String step, int partition, KeyValueStore<?, ?> store) {
            Tags tags = Tags.of("route", route, "step", step, "partition", Integer.toString(partition));
            Optional.ofNullable(registered(tags)).ifPresent(registry::remove);
            return Gauge.builder(IDS, () -> idsIn(store))
                    .description("Ids that a step deduplicate stores for a partition, including expired ones")
                    .tags(tags)
                    .register(registry);
        }

        private Gauge registered(Iterable<Tag> tags) {
            return registry.find(IDS).tags(tags).gauge();
        }

        private void remove(Gauge stored) {
            if (registered(stored.getId().getTags()) == stored) {
                registry.remove(stored);
            }
        }
    }

    /** Returns the number of stored ids: each has two entries, which the store counts without reading them. */
    private static long idsIn(KeyValueStore<?, ?> store) {
        return store.approximateNumEntries() / 2;
    }

    /**
     * A forwarded record.
     *
     * @param key the original key
     * @param tagged the value, as {@link TaggedValue} serializes it
     * @param rejection the reason why the id was not stored; null for a first record
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record First(byte[] key, byte[] tagged, String rejection) {
        /** Throws {@link RejectedRecordException} unless it is a first record. */
        void requireAcceptance() {
            if (rejection != null) {
                throw new RejectedRecordException(rejection);
            }
        }
    }

    /**
     * Returns the first records.
     *
     * @param name the name of the state store and its changelog topic
     * @param records the records by id, as {@link #write} serializes them
     */
    static KStream<byte[], First> of(
            String name, Step.Deduplicate deduplicate, Meters meters, KStream<byte[], byte[]> records) {
        StoreBuilder<?> builder =
                Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.ByteArray(), Serdes.ByteArray());
        return records.process(
                new StatefulProcessors<>(() -> new Deduplication(name, deduplicate, meters), Set.of(builder)),
                Named.as(name));
    }

    /**
     * Returns the record's id.
     *
     * @throws RejectedRecordException if the id is missing, or too long, since ids are kept in memory
     */
    static byte[] id(JsonPointer by, EvaluatedRecord event) {
        byte[] id = idOf(by, event);
        if (id.length > MAX_ID_BYTES) {
            throw new RejectedRecordException(
                    "deduplicate: the id has %,d bytes, expected at most %,d".formatted(id.length, MAX_ID_BYTES));
        }
        return id;
    }

    private static byte[] idOf(JsonPointer by, EvaluatedRecord event) {
        if (by == null) {
            if (event.key() == null) {
                throw new RejectedRecordException("deduplicate: the record has no key: set by to a pointer to the id");
            }
            return event.key();
        }
        JsonNode id = ValueType.tree(event.value()).at(by);
        if (!id.isValueNode() || id.isNull()) {
            throw new RejectedRecordException(
                    "deduplicate: the value has %s at %s, expected an id: a text, number or boolean"
                            .formatted(found(id), by));
        }
        String text = id.asText();
        if (JsonText.unpairedSurrogate(text) >= 0) {
            throw new RejectedRecordException(
                    "deduplicate: the id at %s has %s".formatted(by, JsonText.UNPAIRED_SURROGATE));
        }
        return text.getBytes(UTF_8);
    }

    private static String found(JsonNode noId) {
        if (noId.isMissingNode()) {
            return "nothing";
        }
        return noId.isNull() ? "null" : noId.isArray() ? "an array" : "an object";
    }

    /** Serializes a record with its key, because the id replaces the key. */
    static byte[] write(EvaluatedRecord event) {
        byte[] key = event.key();
        byte[] value = TaggedValue.write(event);
        int keyLength = key == null ? 0 : key.length;
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + keyLength + (value == null ? 0 : value.length));
        bytes.putInt(key == null ? -1 : keyLength).put(key == null ? NONE : key);
        return bytes.put(value == null ? NONE : value).array();
    }

    private static First read(byte[] bytes, String rejection) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        int keyLength = from.getInt();
        byte[] key = keyLength < 0 ? null : new byte[keyLength];
        if (key != null) {
            from.get(key);
        }
        byte[] value = Arrays.copyOfRange(bytes, from.position(), bytes.length);
        return new First(key, value.length == 0 ? null : value, rejection);
    }

    @Override
    public void init(ProcessorContext<byte[], First> context) {
        super.init(context);
        store = context.getStateStore(storeName);
        // Kafka Streams reuses processors to repeat a transaction: the timestamps of the former attempt must not expire
        // the ids of its earlier records.
        expired.clear();
        now = 0;
        ids = meters.stored(storeName, context.taskId().partition(), store);
    }

    @Override
    public void close() {
        if (ids != null) {
            meters.remove(ids);
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        now = Math.max(record.timestamp(), now);
        deleteExpired();
        byte[] key = idKey(record.key());
        byte[] first = store.get(key);
        if (first != null && !isExpired(ByteBuffer.wrap(first).getLong())) {
            duplicates.increment();
            return;
        }
        if (first == null && idsIn(store) >= deduplicate.maxIds()) {
            context().forward(record.withValue(read(record.value(), full())));
            return;
        }
        if (first != null) {
            store.delete(timeKey(ByteBuffer.wrap(first).getLong(), record.key()));
        }
        store.put(
                key, ByteBuffer.allocate(Long.BYTES).putLong(record.timestamp()).array());
        store.put(timeKey(record.timestamp(), record.key()), NONE);
        context().forward(record.withValue(read(record.value(), null)));
    }

    private boolean isExpired(long first) {
        return now - first >= deduplicate.within().toMillis();
    }

    private void deleteExpired() {
        if (expired.isEmpty()) {
            readExpired();
        }
        for (int i = 0; i < MAX_DELETED && !expired.isEmpty(); i++) {
            byte[] key = expired.remove();
            // Without it, a later record has replaced the id.
            if (store.delete(key) != null) {
                store.delete(idKey(Arrays.copyOfRange(key, 1 + Long.BYTES, key.length)));
            }
        }
    }

    private void readExpired() {
        long until = now - deduplicate.within().toMillis();
        if (until < 0) {
            return;
        }
        try (KeyValueIterator<byte[], byte[]> oldest = store.range(timeKey(0, NONE), timeKey(until + 1, NONE))) {
            while (oldest.hasNext() && expired.size() < MAX_EXPIRED) {
                byte[] key = oldest.next().key;
                if (isExpired(ByteBuffer.wrap(key, 1, Long.BYTES).getLong())) {
                    expired.add(key);
                }
            }
        }
    }

    private String full() {
        return "deduplicate: partition %d stores %d ids, and this id is new: expected at most max-ids within %s"
                .formatted(context().taskId().partition(), deduplicate.maxIds(), Units.text(deduplicate.within()));
    }

    /** Returns the store's key of an id. */
    static byte[] idKey(byte[] id) {
        return ByteBuffer.allocate(1 + id.length).put(ID).put(id).array();
    }

    /** Returns the store's key of an id by the time of its first record. */
    static byte[] timeKey(long time, byte[] id) {
        return ByteBuffer.allocate(1 + Long.BYTES + id.length)
                .put(TIME)
                .putLong(time)
                .put(id)
                .array();
    }
}
