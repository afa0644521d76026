package io.wadi.ingest.receipts;

import io.wadi.ingest.receipts.ReceiptState.Rejection;
import io.wadi.kafka.deadletter.DeadLetter;
import io.wadi.kafka.records.TopicReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The newest dead letters by the record that failed, read from their topic on demand. Holds at most a number of
 * records, each with the dead letters of at most {@value #MAX_ROUTES} routes. For one thread.
 */
final class DeadLetterIndex implements AutoCloseable {
    static final int MAX_ROUTES = 4;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int MAX_REASON = 300;
    private static final Pattern ELASTICSEARCH_ERROR = Pattern.compile(": [45]\\d\\d [a-z_]{1,60}_exception(?=:|$)");

    private final Supplier<TopicReader> newReader;
    private final int max;
    private final Map<Receipt, Held> newest = new LinkedHashMap<>();
    /** The partitions of which older dead letters were skipped, until the first one is read. */
    private final Set<TopicPartition> skipped = new HashSet<>();

    private TopicReader reader;
    private Map<TopicPartition, Long> positions = Map.of();
    /** The time in milliseconds after which all dead letters are held. */
    private long missingUntil = Long.MIN_VALUE;
    /** Whether the last read ended before the offsets that it was to reach. */
    private boolean isBehind;

    /** The dead letters of a record, and the time of the newest in milliseconds. */
    private record Held(List<Rejection> rejections, long timeMs) {}

    /** Takes a reader of committed records, which the first read creates. */
    DeadLetterIndex(Supplier<TopicReader> newReader, int max) {
        this.newReader = newReader;
        this.max = max;
    }

    /**
     * Reads the dead-letter topic to these offsets, at first from the newest ones that can be held, for at most a time.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     */
    void readTo(Map<TopicPartition, Long> ends, Duration within) {
        if (reader == null) {
            reader = newReader.get();
        }
        if (!positions.keySet().containsAll(ends.keySet())) {
            begin(ends);
        }
        long begun = System.nanoTime();
        isBehind = !reader.isAt(ends);
        while (isBehind && System.nanoTime() - begun < within.toNanos()) {
            reader.poll(POLL, this::add);
            positions = reader.positions();
            isBehind = !reader.isAt(ends);
        }
    }

    private void begin(Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> from = new HashMap<>(reader.begins(ends.keySet()));
        from.replaceAll((partition, begin) -> {
            if (positions.containsKey(partition)) {
                return positions.get(partition);
            }
            long newestOnly = ends.get(partition) - max;
            if (newestOnly > begin) {
                skipped.add(partition);
            }
            return Math.max(begin, newestOnly);
        });
        reader.seek(from);
        positions = from;
    }

    private void add(ConsumerRecord<byte[], byte[]> read) {
        TopicPartition partition = new TopicPartition(read.topic(), read.partition());
        if (skipped.remove(partition)) {
            missingUntil = Math.max(missingUntil, read.timestamp());
        }
        DeadLetter deadLetter = new DeadLetter(read);
        if (!deadLetter.wasRecord() || deadLetter.partition() == null) {
            return;
        }
        add(
                new Receipt(new TopicPartition(deadLetter.topic(), deadLetter.partition()), deadLetter.offset()),
                new Rejection(
                        deadLetter.route(),
                        new Receipt(partition, read.offset()),
                        kind(deadLetter),
                        reason(deadLetter)),
                read.timestamp());
    }

    private void add(Receipt failed, Rejection rejection, long timeMs) {
        List<Rejection> others = of(failed).stream()
                .filter(each -> !each.route().equals(rejection.route()))
                .limit(MAX_ROUTES - 1)
                .toList();
        List<Rejection> all =
                Stream.concat(Stream.of(rejection), others.stream()).toList();
        newest.put(failed, new Held(all, timeMs));
        if (newest.size() > max) {
            Iterator<Held> oldest = newest.values().iterator();
            missingUntil = Math.max(missingUntil, oldest.next().timeMs());
            oldest.remove();
        }
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
     * Returns whether all dead letters since a time are held, as far as the topic is read.
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
