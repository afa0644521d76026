package io.wadi.bench.connect;

import io.wadi.bench.subject.PartitionFile;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.fs.FileContext;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Appends to one file per partition, publishes it when it is full, and lets Connect commit the published offsets. */
public final class HdfsTask extends SinkTask {
    private final Map<TopicPartition, OffsetAndMetadata> published = new HashMap<>();
    private final Map<Integer, PartitionFile> open = new HashMap<>();
    private FileContext files;
    private String directory;
    private int rollRecords;

    @Override
    public void start(Map<String, String> settings) {
        directory = settings.get(HdfsConnector.DIRECTORY);
        rollRecords = Integer.parseInt(settings.get(HdfsConnector.ROLL_RECORDS));
        try {
            files = PartitionFile.fileSystem(settings.get(HdfsConnector.HDFS));
        } catch (IOException e) {
            throw new ConnectException(e);
        }
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        try {
            for (SinkRecord each : records) {
                append(each);
            }
        } catch (IOException e) {
            throw new ConnectException(e);
        }
    }

    private void append(SinkRecord sunk) throws IOException {
        Integer partition = sunk.kafkaPartition();
        PartitionFile file = open.get(partition);
        if (file == null) {
            file = new PartitionFile(files, directory, partition, sunk.kafkaOffset());
            open.put(partition, file);
        }
        if (file.append((byte[]) sunk.value()) == rollRecords) {
            file.publish(sunk.kafkaOffset());
            open.remove(partition);
            published.put(new TopicPartition(sunk.topic(), partition), new OffsetAndMetadata(sunk.kafkaOffset() + 1));
            context.requestCommit();
        }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> delivered) {
        return Map.copyOf(published);
    }

    @Override
    public void stop() {
        open.clear();
    }

    @Override
    public String version() {
        return "1";
    }
}
