package io.wadi.landing.files;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.landing.format.LandedLine;
import io.wadi.landing.format.LineReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads the records of landed files, even while landing writes others. Thread-safe. */
public final class LandedRecords {
    private static final String PARTITION = "partition=";

    private final FileStore store;
    private final Layout layout;

    public LandedRecords(HdfsConnection hdfs, String directory) {
        this(new HdfsFileStore(hdfs, HdfsFileStore.FileOptions.DEFAULT), new Layout(directory));
    }

    public LandedRecords(FileStore store, Layout layout) {
        this.store = store;
        this.layout = layout;
    }

    /** Returns the partitions with a directory, in order. */
    public List<TopicPartition> partitions(String topic) throws IOException {
        List<TopicPartition> found = new ArrayList<>();
        for (FileStore.Entry each : store.list(layout.visible(topic))) {
            if (each.isDirectory() && each.name().matches(PARTITION + "\\d{1,9}")) {
                found.add(new TopicPartition(topic, Integer.parseInt(each.name().substring(PARTITION.length()))));
            }
        }
        found.sort((one, other) -> Integer.compare(one.partition(), other.partition()));
        return found;
    }

    /**
     * Returns the files of a partition by offset. A listing with gaps is repeated until two consecutive ones have the
     * same gaps, since a listing can miss files that are being merged.
     */
    public List<VisibleFiles.File> files(TopicPartition partition) throws IOException {
        VisibleFiles files = VisibleFiles.list(store, layout, partition);
        List<OffsetRange> gaps = gaps(files);
        while (!gaps.isEmpty()) {
            List<OffsetRange> before = gaps;
            files = VisibleFiles.list(store, layout, partition);
            gaps = gaps(files);
            if (gaps.equals(before)) {
                break;
            }
        }
        return files.files();
    }

    private static List<OffsetRange> gaps(VisibleFiles files) {
        return Coverage.of(files.ranges()).gaps();
    }

    /** The kind of lines in a file. */
    public enum Content {
        /** There are none: landing rejected all records, or Kafka had none. */
        NONE,
        /** A value for each covered offset; values may look like envelopes of other offsets. */
        VALUES,
        /** An envelope for each record. */
        ENVELOPES,
        /** Not lines, values without known offsets, or both values and envelopes. */
        UNKNOWN
    }

    /**
     * Reads a file to its end and returns the kind of its lines. A file of envelopes has only envelopes of its
     * partition, with ascending offsets that the file covers. In a file with values and one line per offset, a line
     * that begins like an envelope is a value unless it has the offset of its position: earlier versions landed such
     * values unchanged.
     */
    public Content content(VisibleFiles.File file) throws IOException {
        if (!LineReader.canRead(file.path())) {
            return Content.UNKNOWN;
        }
        long values = 0;
        long envelopes = 0;
        long next = file.landed().first();
        boolean isAscending = true;
        boolean hasOwnPlace = false;
        try (LineReader reader = new LineReader(file.path(), store.open(file.path()))) {
            for (byte[] line = first(file, reader); line != null; line = reader.next()) {
                long offset = LandedLine.offset(line, file.landed().partition());
                if (offset < 0) {
                    values++;
                } else {
                    hasOwnPlace |= offset == file.landed().first() + values + envelopes;
                    isAscending &= offset >= next && offset <= file.landed().last();
                    envelopes++;
                    next = offset + 1;
                }
            }
        }
        if (values == 0) {
            return envelopes == 0 ? Content.NONE : isAscending ? Content.ENVELOPES : Content.UNKNOWN;
        }
        return values + envelopes == file.range().size() && !hasOwnPlace ? Content.VALUES : Content.UNKNOWN;
    }

    /** Returns the first line; null for an empty file, which is not a valid compressed stream. */
    private byte[] first(VisibleFiles.File file, LineReader reader) throws IOException {
        return store.length(file.path()) == 0 ? null : reader.next();
    }

    /**
     * Reads the records of a file of values or envelopes, in order.
     *
     * @param content of the file
     * @throws IOException if the file cannot be read to its end; the consumer may have received some records before
     */
    public void read(VisibleFiles.File file, Content content, Consumer<ConsumerRecord<byte[], ByteBuffer>> consumer)
            throws IOException {
        TopicPartition partition = file.landed().partition();
        try (LineReader reader = new LineReader(file.path(), store.open(file.path()))) {
            byte[] line = first(file, reader);
            for (long offset = file.landed().first(); line != null; offset++) {
                consumer.accept(
                        content == Content.ENVELOPES
                                ? LandedLine.envelope(line, partition)
                                : LandedLine.value(line, partition, offset));
                line = reader.next();
            }
        }
    }
}
