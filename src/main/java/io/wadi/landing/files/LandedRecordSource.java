package io.wadi.landing.files;

import io.wadi.kafka.ReservedHeaders;
import io.wadi.kafka.records.RecordSource;
import io.wadi.kafka.records.TopicReader;
import io.wadi.landing.format.LandedLine;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/**
 * The source of an index rebuild: a topic's landed files, and Kafka for records that have not landed, and for files
 * that do not contain the required offsets or keys. Offsets between files are read from Kafka too.
 */
public final class LandedRecordSource implements RecordSource {
    private static final long SAMPLE_RECORDS = 1000;

    private final String topic;
    private final LandedRecords landed;
    private final ValueFiles valueFiles;
    private final Properties observer;

    /** The source of records that landed as values, since their files have no keys, headers and timestamps. */
    public enum ValueFiles {
        /** The files. */
        FILES,
        /** Kafka; the files if Kafka has deleted some of their records. */
        KAFKA_OR_FILES,
        /** Kafka only. */
        KAFKA
    }

    /**
     * Creates a source.
     *
     * @param valueFiles where the records of files with values come from
     * @param observer settings of a consumer that does not join a group
     */
    public LandedRecordSource(String topic, LandedRecords landed, ValueFiles valueFiles, Properties observer) {
        this.topic = topic;
        this.landed = landed;
        this.valueFiles = valueFiles;
        this.observer = observer;
    }

    @Override
    public List<TopicPartition> partitions() throws IOException {
        TreeSet<TopicPartition> all =
                new TreeSet<>((one, other) -> Integer.compare(one.partition(), other.partition()));
        all.addAll(landed.partitions(topic));
        try (TopicReader log = TopicReader.complete(observer)) {
            all.addAll(log.partitions(topic));
        }
        return List.copyOf(all);
    }

    @Override
    public long storedEnd(TopicPartition partition) throws IOException {
        return landed.files(partition).stream()
                .mapToLong(file -> file.landed().last() + 1)
                .max()
                .orElse(0);
    }

    @Override
    public long begin(TopicPartition partition) throws IOException {
        try (TopicReader log = TopicReader.complete(observer)) {
            long first = landed.files(partition).stream()
                    .mapToLong(file -> file.landed().first())
                    .min()
                    .orElse(Long.MAX_VALUE);
            return Math.min(first, log.begin(partition));
        }
    }

    @Override
    public void stored(
            TopicPartition partition,
            long from,
            Consumer<ConsumerRecord<byte[], ByteBuffer>> consumer,
            ChunkListener listener)
            throws IOException {
        long next = from;
        Iterator<VisibleFiles.File> files = landed.files(partition).iterator();
        String missing = "";
        while (files.hasNext()) {
            VisibleFiles.File file = files.next();
            if (file.landed().last() < next) {
                continue;
            }
            try {
                if (file.landed().first() > next) {
                    readGap(partition, new OffsetRange(next, file.landed().first() - 1), consumer, listener);
                    next = file.landed().first();
                }
                read(file, next, consumer, listener);
                next = file.landed().last() + 1;
                listener.completed(next);
            } catch (IOException e) {
                boolean isMerged = e instanceof FileNotFoundException || !file.isLanded();
                if (!isMerged || file.path().equals(missing)) {
                    throw e;
                }
                // Compaction has merged the file since the listing.
                missing = file.path();
                files = landed.files(partition).iterator();
            }
        }
    }

    /**
     * Reads the records of a file from an offset on. It can contain earlier ones that were read before compaction
     * merged their file with others.
     */
    private void read(
            VisibleFiles.File file,
            long from,
            Consumer<ConsumerRecord<byte[], ByteBuffer>> consumer,
            ChunkListener listener)
            throws IOException {
        LandedRecords.Content content = landed.content(file);
        OffsetRange range = new OffsetRange(from, file.landed().last());
        if (content == LandedRecords.Content.NONE) {
            readGap(file.landed().partition(), range, consumer, listener);
        } else if (content == LandedRecords.Content.ENVELOPES
                || (content == LandedRecords.Content.VALUES
                        && areValuesRead(file.landed().partition(), range))) {
            landed.read(file, content, record -> {
                if (record.offset() >= from) {
                    consumer.accept(record);
                }
            });
        } else {
            readFromKafka(file, range, consumer);
        }
    }

    private boolean areValuesRead(TopicPartition partition, OffsetRange range) {
        if (valueFiles != ValueFiles.KAFKA_OR_FILES) {
            return valueFiles == ValueFiles.FILES;
        }
        try (TopicReader log = TopicReader.complete(observer)) {
            return log.begin(partition) > range.first() || log.end(partition) <= range.last();
        }
    }

    /** Reads the records of a range from Kafka, and reports the offsets that Kafka does not have. */
    private void readGap(
            TopicPartition partition,
            OffsetRange range,
            Consumer<ConsumerRecord<byte[], ByteBuffer>> consumer,
            MissingListener listener) {
        try (TopicReader log = TopicReader.complete(observer)) {
            long begin = Math.max(range.first(), log.begin(partition));
            long end = Math.min(range.last() + 1, log.end(partition));
            List<OffsetRange> available = begin < end ? List.of(new OffsetRange(begin, end - 1)) : List.of();
            for (OffsetRange each : available) {
                read(log, partition, each.first(), each.last() + 1, consumer);
            }
            Coverage.without(range, available).forEach(each -> listener.missing(each.first(), each.last()));
        }
    }

    private void readFromKafka(
            VisibleFiles.File file, OffsetRange range, Consumer<ConsumerRecord<byte[], ByteBuffer>> consumer)
            throws IOException {
        TopicPartition partition = file.landed().partition();
        try (TopicReader log = TopicReader.complete(observer)) {
            if (log.begin(partition) > range.first()) {
                throw new IOException(
                        ("%s does not contain the records' offsets%s (it has no lines, fewer lines than its %d offsets,"
                                        + " or both values and envelopes), and Kafka has deleted the records: set"
                                        + " wadi.landing.envelope=true to land offsets, ids and keys%s")
                                .formatted(
                                        file.path(),
                                        valueFiles == ValueFiles.KAFKA ? ", ids, keys or timestamps" : "",
                                        file.range().size(),
                                        valueFiles == ValueFiles.KAFKA
                                                ? "; with --ids-by-offset the events' ids are not necessary"
                                                : ""));
            }
            read(log, partition, range.first(), range.last() + 1, consumer);
        }
    }

    @Override
    public long end(TopicPartition partition) {
        try (TopicReader log = TopicReader.complete(observer)) {
            return log.end(partition);
        }
    }

    @Override
    public void logged(
            TopicPartition partition,
            long from,
            long to,
            Consumer<ConsumerRecord<byte[], ByteBuffer>> consumer,
            MissingListener listener) {
        if (from < to) {
            readGap(partition, new OffsetRange(from, to - 1), consumer, listener);
        }
    }

    private static void read(
            TopicReader log,
            TopicPartition partition,
            long from,
            long to,
            Consumer<ConsumerRecord<byte[], ByteBuffer>> consumer) {
        log.records(partition, from, to)
                .forEachRemaining(
                        record -> consumer.accept(LandedLine.withValue(record, Utils.wrapNullable(record.value()))));
    }

    /**
     * Returns whether one of the last records in Kafka has a document id that lines do not contain: a sender's, or that
     * of a replayed record.
     */
    public static boolean carriesIds(String topic, Properties observer) {
        boolean[] found = new boolean[1];
        try (TopicReader log = TopicReader.complete(observer)) {
            for (TopicPartition each : log.partitions(topic)) {
                long end = log.end(each);
                long from = Math.max(log.begin(each), end - SAMPLE_RECORDS);
                log.records(each, from, end).forEachRemaining(record -> found[0] |= carriesId(record));
            }
        }
        return found[0];
    }

    private static boolean carriesId(ConsumerRecord<?, ?> record) {
        return record.headers().lastHeader(ReservedHeaders.SENDER_ID) != null
                || record.headers().lastHeader(ReservedHeaders.ORIGIN) != null;
    }
}
