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

/** Reads the records of landed files, also while landing writes others. Thread-safe. */
public final class LandedRecords {
    private static final String PARTITION = "partition=";

    private final FileStore store;
    private final Layout layout;

    public LandedRecords(HdfsConnection hdfs, String directory) {
        this.store = new HdfsFileStore(hdfs, HdfsFileStore.FileOptions.DEFAULT);
        this.layout = new Layout(directory);
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

    /** Returns the files of a partition by offset. */
    public List<VisibleFiles.File> files(TopicPartition partition) throws IOException {
        return VisibleFiles.list(store, layout, partition).files();
    }

    /**
     * Returns whether each record's offset is known: in files of lines if each is an envelope or no covered offset lacks a line,
     * and in empty files.
     */
    public boolean hasOffsets(VisibleFiles.File file) throws IOException {
        if (!LineReader.canRead(file.path())) {
            return false;
        }
        long lines = 0;
        try (LineReader reader = new LineReader(file.path(), store.open(file.path()))) {
            byte[] line = store.length(file.path()) == 0 ? null : reader.next();
            if (line != null && LandedLine.isEnvelope(line, file.landed().partition())) {
                return true;
            }
            while (line != null) {
                lines++;
                line = reader.next();
            }
        }
        return lines == 0 || lines == file.range().size();
    }

    /** Returns whether each record's key is known: in files of envelopes, and in empty ones. */
    public boolean hasKeys(VisibleFiles.File file) throws IOException {
        if (!LineReader.canRead(file.path())) {
            return false;
        }
        try (LineReader reader = new LineReader(file.path(), store.open(file.path()))) {
            byte[] line = store.length(file.path()) == 0 ? null : reader.next();
            return line == null || LandedLine.isEnvelope(line, file.landed().partition());
        }
    }

    /**
     * Reads the records of a file that {@link #hasOffsets}, in order.
     *
     * @throws IOException if it cannot be read to its end; some records may have been passed on then
     */
    public void read(VisibleFiles.File file, Consumer<ConsumerRecord<byte[], ByteBuffer>> consumer) throws IOException {
        if (store.length(file.path()) == 0) {
            return; // Zero bytes are not a valid compressed stream.
        }
        TopicPartition partition = file.landed().partition();
        try (LineReader reader = new LineReader(file.path(), store.open(file.path()))) {
            byte[] line = reader.next();
            boolean envelopes = line != null && LandedLine.isEnvelope(line, partition);
            for (long offset = file.landed().first(); line != null; offset++) {
                consumer.accept(
                        envelopes ? LandedLine.envelope(line, partition) : LandedLine.value(line, partition, offset));
                line = reader.next();
            }
        }
    }
}
