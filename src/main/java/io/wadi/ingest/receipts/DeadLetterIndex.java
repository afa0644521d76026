package io.wadi.ingest.receipts;

import com.github.benmanes.caffeine.cache.Interner;
import io.wadi.ingest.receipts.ReceiptState.Rejection;
import io.wadi.kafka.deadletter.DeadLetter;
import io.wadi.kafka.records.TopicReader;
import io.wadi.runtime.config.Excerpt;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * An index of the newest dead letters by the record that failed, read from the dead-letter topic on demand. It contains
 * a limited number of records and bytes, with the dead letters of at most {@value #MAX_ROUTES} routes per record. Not
 * thread-safe.
 */
final class DeadLetterIndex implements AutoCloseable {
    static final int MAX_ROUTES = 4;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int MAX_REASON = 300;
    /** The memory of a record without its dead letters, and of a dead letter without the characters of its reason. */
    private static final int HELD_BYTES = 144;

    private static final int REJECTION_BYTES = 112;
    /** The last character that the JDK stores in one byte. */
    private static final int LATIN = 0xff;

    private static final Pattern ELASTICSEARCH_ERROR = Pattern.compile(": [45]\\d\\d [a-z_]{1,60}_exception(?=:|$)");

    private final Supplier<TopicReader> newReader;
    private final int max;
    private final long maxBytes;
    /** Maximum time by which the timestamp of a record may be later than that of its dead letter, in milliseconds. */
    private final long maxAheadMs;
    /** Interns the values that many dead letters share. */
    private final Interner<String> texts = Interner.newWeakInterner();

    private final Interner<TopicPartition> partitions = Interner.newWeakInterner();
    private final Map<Receipt, Held> newest = new LinkedHashMap<>();
    /**
     * For each partition with skipped dead letters, the latest possible timestamp of their records. Removed when the
     * next dead letter of the partition is read; its timestamp is another upper limit.
     */
    private final Map<TopicPartition, Long> skipped = new HashMap<>();

    private long bytes;
    private TopicReader reader;
    /** The id of the topic that was read last. */
    private Uuid topic = Uuid.ZERO_UUID;
    /** The offsets to continue from, including those of partitions that the reader is not assigned. */
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    private Set<TopicPartition> assigned = Set.of();
    /**
     * The latest possible timestamp of a record with a dead letter that is not in the index, in milliseconds since
     * 1970. The index has the dead letters of all later records.
     */
    private long missingUntil = Long.MIN_VALUE;
    /** Whether the last read ended before the requested offsets. */
    private boolean isBehind;

    /** The dead letters of a record, and the timestamp of the newest one in milliseconds since 1970. */
    private record Held(List<Rejection> rejections, long timeMs) {
        /** Returns the memory of this value with its key and its map entry. */
        private long bytes() {
            return HELD_BYTES
                    + rejections.stream()
                            .mapToLong(each -> REJECTION_BYTES + textBytes(each.reason()))
                            .sum();
        }

        private static long textBytes(String text) {
            return text.chars().allMatch(each -> each <= LATIN) ? text.length() : 2L * text.length();
        }
    }

    /**
     * Creates an empty index.
     *
     * @param newReader creates a reader of committed records; called with the first read
     * @param max maximum number of records
     * @param maxBytes maximum memory of the index
     * @param maxAhead maximum time by which a record's timestamp may be ahead
     */
    DeadLetterIndex(Supplier<TopicReader> newReader, int max, long maxBytes, Duration maxAhead) {
        this.newReader = newReader;
        this.max = max;
        this.maxBytes = maxBytes;
        this.maxAheadMs = maxAhead.toMillis();
    }

    /**
     * Reads the dead-letter topic up to its end offsets, or for at most a time. The first read skips dead letters
     * beyond the capacity of the index. Afterwards {@link #isBehind} returns whether the end was not reached or an end
     * offset is unknown.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka is unavailable
     */
    void readTo(DeadLetterEndOffsets.Found found, Duration within) {
        if (reader == null) {
            reader = newReader.get();
        }
        Map<TopicPartition, Long> ends = found.known();
        if (!found.topic().equals(Uuid.ZERO_UUID) && !found.topic().equals(topic)) {
            if (!topic.equals(Uuid.ZERO_UUID)) {
                // The former topic may have contained dead letters that were not read.
                missUntil(System.currentTimeMillis() + maxAheadMs);
            }
            topic = found.topic();
            positions.clear();
            assigned = Set.of();
        }
        // A position after the end: the log was truncated.
        if (positions.entrySet().removeIf(each -> each.getValue() > ends.getOrDefault(each.getKey(), Long.MAX_VALUE))) {
            assigned = Set.of();
        }
        if (!assigned.containsAll(ends.keySet()) || !reader.isAt(ends)) {
            begin(ends);
        }
        long begun = System.nanoTime();
        boolean isAt = reader.isAt(ends);
        while (!isAt && System.nanoTime() - begun < within.toNanos()) {
            reader.poll(POLL, this::add);
            positions.putAll(reader.positions());
            isAt = reader.isAt(ends);
        }
        isBehind = !isAt || !found.isComplete();
        if (!isBehind) {
            ends.keySet().stream().map(skipped::remove).filter(Objects::nonNull).forEach(this::missUntil);
        }
    }

    /**
     * Assigns partitions and seeks to the positions, or to the newest dead letters; skips those that Kafka has deleted.
     */
    private void begin(Map<TopicPartition, Long> ends) {
        long now = System.currentTimeMillis();
        Map<TopicPartition, Long> from = new HashMap<>();
        reader.begins(ends.keySet()).forEach((partition, begin) -> {
            long first = positions.getOrDefault(partition, 0L);
            long next = positions.getOrDefault(partition, Math.max(0, ends.get(partition) - max));
            if (next > Math.max(first, begin)) {
                skipped.merge(partition, now + maxAheadMs, Math::max);
            } else if (begin > first) {
                // Retention is longer than a timestamp may be ahead: the records are not later than now.
                skipped.merge(partition, now, Math::max);
            }
            from.put(partition, Math.max(begin, next));
        });
        if (!assigned.equals(from.keySet()) || !positions.entrySet().containsAll(from.entrySet())) {
            reader.seek(from);
            assigned = from.keySet();
            positions.putAll(from);
        }
    }

    private void missUntil(long timeMs) {
        missingUntil = Math.max(missingUntil, timeMs);
    }

    private void add(ConsumerRecord<byte[], byte[]> read) {
        TopicPartition partition = new TopicPartition(read.topic(), read.partition());
        Long latest = skipped.remove(partition);
        if (latest != null) {
            missUntil(Math.min(latest, read.timestamp() + maxAheadMs));
        }
        DeadLetter deadLetter = new DeadLetter(read);
        failedRecord(deadLetter)
                .ifPresent(failed -> add(
                        failed,
                        new Rejection(
                                texts.intern(deadLetter.route()),
                                new Receipt(partitions.intern(partition), read.offset()),
                                texts.intern(kind(deadLetter)),
                                reason(deadLetter),
                                Rejection.contentOf(read)),
                        read.timestamp()));
    }

    /** Returns the record that failed; empty for an event that was not yet a record, and for a malformed location. */
    private Optional<Receipt> failedRecord(DeadLetter deadLetter) {
        try {
            return deadLetter.wasRecord() && deadLetter.partition() != null
                    ? Optional.of(new Receipt(
                            partitions.intern(new TopicPartition(deadLetter.topic(), deadLetter.partition())),
                            deadLetter.offset()))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private void add(Receipt failed, Rejection rejection, long timeMs) {
        List<Rejection> others = of(failed).stream()
                .filter(each -> !each.route().equals(rejection.route()))
                .limit(MAX_ROUTES - 1)
                .toList();
        Held held =
                new Held(Stream.concat(Stream.of(rejection), others.stream()).toList(), timeMs);
        Held before = newest.remove(failed); // its newest dead letter is evicted after older ones
        newest.put(failed, held);
        bytes += held.bytes() - (before == null ? 0 : before.bytes());
        Iterator<Held> oldest = newest.values().iterator();
        while (newest.size() > max || bytes > maxBytes) {
            Held removed = oldest.next();
            missUntil(removed.timeMs() + maxAheadMs);
            bytes -= removed.bytes();
            oldest.remove();
        }
    }

    /** Returns the memory of the index in bytes. */
    long bytes() {
        return bytes;
    }

    /**
     * Returns the exception's class with the status and type of an Elasticsearch error: what cannot quote the record.
     */
    private static String kind(DeadLetter deadLetter) {
        Matcher type = ELASTICSEARCH_ERROR.matcher(deadLetter.message());
        return type.find() ? deadLetter.kind() + type.group() : deadLetter.kind();
    }

    private static String reason(DeadLetter deadLetter) {
        String message = deadLetter.message().lines().findFirst().orElse("");
        return Excerpt.of(deadLetter.kind() + ": " + message, MAX_REASON);
    }

    /** Returns the dead letters of records at a location, the newest first; empty for none. */
    List<Rejection> of(Receipt receipt) {
        Held held = newest.get(receipt);
        return held == null ? List.of() : held.rejections();
    }

    /**
     * Returns the dead letters of a record, the newest first, without those of another record at the same location, in
     * a former topic of the same name; empty for none.
     *
     * @param record the record; without a timestamp if Kafka no longer has it, and its content is unknown
     */
    List<Rejection> of(Receipt receipt, ConsumerRecord<byte[], byte[]> record) {
        List<Rejection> all = of(receipt);
        return all.isEmpty() || record.timestamp() == ConsumerRecord.NO_TIMESTAMP
                ? all
                : all.stream()
                        .filter(each -> each.content() == Rejection.contentOf(record))
                        .toList();
    }

    /** Returns whether dead letters may be missing because the topic is not read to its end yet. */
    boolean isBehind() {
        return isBehind;
    }

    /**
     * Returns whether the index has the dead letters of all records since a time, as far as the topic is read.
     *
     * @param timeMs the time in milliseconds since 1970
     */
    boolean isCompleteSince(long timeMs) {
        return missingUntil == Long.MIN_VALUE || timeMs > missingUntil;
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
        }
    }
}
