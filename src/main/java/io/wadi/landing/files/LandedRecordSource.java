package io.wadi.landing.files;

import io.wadi.kafka.ReservedHeaders;
import io.wadi.kafka.records.LogReader;
import io.wadi.kafka.records.RecordSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What a rebuild of a topic reads: its landed files, and Kafka for what has not landed, and in place of a file whose lines do not
 * tell their offsets, or keys where these are asked for.
 */
public final class LandedRecordSource implements RecordSource {
    private static final long SAMPLE = 1000;

    private final String topic;
    private final LandedRecords landed;
    private final boolean withKeys;
    private final Properties observer;

    /** Takes whether keys are asked for, and the settings of a consumer that looks beside others. */
    public LandedRecordSource(String topic, LandedRecords landed, boolean withKeys, Properties observer) {
        this.topic = topic;
        this.landed = landed;
        this.withKeys = withKeys;
        this.observer = observer;
    }

    @Override
    public List<TopicPartition> partitions() throws IOException {
        TreeSet<TopicPartition> all =
                new TreeSet<>((one, other) -> Integer.compare(one.partition(), other.partition()));
        all.addAll(landed.partitions(topic));
        try (LogReader log = new LogReader(observer)) {
            all.addAll(log.partitions(topic));
        }
        return List.copyOf(all);
    }

    @Override
    public long storedEnd(TopicPartition partition) throws IOException {
        return landed.files(partition).stream()
                .mapToLong(file -> file.last() + 1)
                .max()
                .orElse(0);
    }

    @Override
    public long begin(TopicPartition partition) throws IOException {
        try (LogReader log = new LogReader(observer)) {
            long first = landed.files(partition).stream()
                    .mapToLong(LandedRecords.File::first)
                    .min()
                    .orElse(Long.MAX_VALUE);
            return Math.min(first, log.begin(partition));
        }
    }

    @Override
    public void stored(
            TopicPartition partition, long from, Consumer<ConsumerRecord<byte[], ByteBuffer>> taker, Piece ended)
            throws IOException {
        for (LandedRecords.File file : landed.files(partition)) {
            if (file.last() >= from) {
                if (landed.tellsOffsets(file) && (!withKeys || landed.tellsKeys(file))) {
                    landed.read(file, taker);
                } else {
                    readFromKafka(file, taker);
                }
                ended.ended(file.last() + 1);
            }
        }
    }

    private void readFromKafka(LandedRecords.File file, Consumer<ConsumerRecord<byte[], ByteBuffer>> taker)
            throws IOException {
        try (LogReader log = new LogReader(observer)) {
            if (log.begin(file.partition()) > file.first()) {
                throw new IOException(
                        ("%s does not tell which record had which offset%s (it is not lines, or some of its %d"
                                        + " offsets have none), and Kafka has them no more; with wadi.landing.envelope=true lines tell")
                                .formatted(file.path(), withKeys ? " or key" : "", file.offsets()));
            }
            log.read(file.partition(), file.first(), file.last() + 1, taker);
        }
    }

    @Override
    public long end(TopicPartition partition) {
        try (LogReader log = new LogReader(observer)) {
            return log.end(partition);
        }
    }

    @Override
    public void logged(
            TopicPartition partition, long from, long to, Consumer<ConsumerRecord<byte[], ByteBuffer>> taker) {
        try (LogReader log = new LogReader(observer)) {
            log.read(partition, from, to, taker);
        }
    }

    /** Whether the document of one of the last records in Kafka has an id that lines do not tell: a sender's, or that of a replay. */
    public boolean carriesIds() throws IOException {
        boolean[] found = new boolean[1];
        try (LogReader log = new LogReader(observer)) {
            for (TopicPartition each : log.partitions(topic)) {
                long end = log.end(each);
                long from = Math.max(log.begin(each), end - SAMPLE);
                log.read(each, from, end, record -> found[0] |= carriesId(record));
            }
        }
        return found[0];
    }

    private static boolean carriesId(ConsumerRecord<?, ?> record) {
        return record.headers().lastHeader(ReservedHeaders.SENDER_ID) != null
                || record.headers().lastHeader(ReservedHeaders.ORIGIN) != null;
    }
}
