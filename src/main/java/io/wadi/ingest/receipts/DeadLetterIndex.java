package io.wadi.ingest.receipts;

import com.github.benmanes.caffeine.cache.Interner;
import io.wadi.ingest.receipts.ReceiptState.Rejection;
import io.wadi.kafka.deadletter.DeadLetter;
import io.wadi.kafka.records.TopicReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The newest dead letters by the record that failed, read from their topic on demand. Holds at most a number of
 * records and of bytes, each record with the dead letters of at most {@value #MAX_ROUTES} routes. For one thread.
 */
final class DeadLetterIndex implements AutoCloseable {
    static final int MAX_ROUTES = 4;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int MAX_REASON = 300;
    /** The memory of a record besides its dead letters, and of a dead letter besides its reason's characters. */
    private static final int HELD_BYTES = 144;

    private static final int REJECTION_BYTES = 112;
    /** The last character of which the JDK keeps one byte. */
    private static final int LATIN = 0xff;

    private static final Pattern ELASTICSEARCH_ERROR = Pattern.compile(": [45]\\d\\d [a-z_]{1,60}_exception(?=:|$)");

    private final Supplier<TopicReader> newReader;
    private final int max;
    private final long maxBytes;
    /** The maximum milliseconds by which the timestamp of a record may be after its dead letter's. */
    private final long maxAheadMs;
    /** Instances that many dead letters share. */
    private final Interner<String> texts = Interner.newWeakInterner();

    private final Interner<TopicPartition> partitions = Interner.newWeakInterner();
    private final Map<Receipt, Held> newest = new LinkedHashMap<>();
    /** The latest time of the records of dead letters that were not read, by partition, until the next one is read. */
    private final Map<TopicPartition, Long> skipped = new HashMap<>();

    private long bytes;
    private TopicReader reader;
    /** The offsets to continue from, also of partitions that the reader leaves out. */
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    private Set<TopicPartition> assigned = Set.of();
    /** The time in milliseconds after which the dead letters of all records are held. */
    private long missingUntil = Long.MIN_VALUE;
    /** Whether the last read ended before the offsets that it was to reach. */
    private boolean isBehind;

    /** The dead letters of a record, and the time of the newest in milliseconds. */
    private record Held(List<Rejection> rejections, long timeMs) {
        /** Returns its memory, with its key and its entry of the map. */
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
     * @param newReader creates a reader of committed records, for the first read
     * @param maxAhead the maximum time by which a record's timestamp may be ahead
     */
    DeadLetterIndex(Supplier<TopicReader> newReader, int max, long maxBytes, Duration maxAhead) {
        this.newReader = newReader;
        this.max = max;
        this.maxBytes = maxBytes;
        this.maxAheadMs = maxAhead.toMillis();
    }

    /**
     * Reads the dead-letter topic to these offsets, at first from the newest ones that can be held, for at most a time.
     * It is behind while an end is not known.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     */
    void readTo(DeadLetterEnds.Found found, Duration within) {
        if (reader == null) {
            reader = newReader.get();
        }
        Map<TopicPartition, Long> ends = found.known();
        // The topic has been deleted and created again, or its log truncated.
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
            skipped.values().forEach(this::missUntil);
            skipped.clear();
        }
    }

    /** Continues from the positions, or from the newest dead letters, without those that Kafka has deleted. */
    private void begin(Map<TopicPartition, Long> ends) {
        long now = System.currentTimeMillis();
        Map<TopicPartition, Long> from = new HashMap<>();
        reader.begins(ends.keySet()).forEach((partition, begin) -> {
            long first = positions.getOrDefault(partition, 0L);
            long next = positions.getOrDefault(partition, Math.max(0, ends.get(partition) - max));
            if (next > Math.max(first, begin)) {
                skipped.merge(partition, now + maxAheadMs, Math::max);
            } else if (begin > first) {
                // Retention is longer than a timestamp may be ahead.
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
                                reason(deadLetter)),
                        read.timestamp()));
    }

    /** Returns which record failed; empty for an event that was no record, and for a malformed location. */
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
        Held before = newest.put(failed, held);
        bytes += held.bytes() - (before == null ? 0 : before.bytes());
        Iterator<Held> oldest = newest.values().iterator();
        while (newest.size() > max || bytes > maxBytes) {
            Held removed = oldest.next();
            missUntil(removed.timeMs() + maxAheadMs);
            bytes -= removed.bytes();
            oldest.remove();
        }
    }

    /** Returns the memory of the dead letters that are held. */
    long bytes() {
        return bytes;
    }

    /** Returns the exception's class and Elasticsearch's status and type of error; messages may quote the record. */
    private static String kind(DeadLetter deadLetter) {
        Matcher type = ELASTICSEARCH_ERROR.matcher(deadLetter.message());
        return type.find() ? deadLetter.kind() + type.group() : deadLetter.kind();
    }

    private static String reason(DeadLetter deadLetter) {
        String message = deadLetter.message().lines().findFirst().orElse("");
        String text = deadLetter.kind() + ": " + message;
        return text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON - 1) + "…";
    }

    /** Returns the dead letters of a record, the newest first; empty for none. */
    List<Rejection> of(Receipt record) {
        Held held = newest.get(record);
        return held == null ? List.of() : held.rejections();
    }

    /** Returns whether dead letters are missing because the topic is not read to its end yet. */
    boolean isBehind() {
        return isBehind;
    }

    /**
     * Returns whether all dead letters of records since a time are held, as far as the topic is read.
     *
     * @param timeMs in milliseconds since 1970
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
