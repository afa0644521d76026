package io.wadi.bench.subject;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** The limit: a consumer loop that only writes the files, without any error handling. */
public final class BareSubject implements Subject {
    private static final Duration POLL = Duration.ofMillis(500);

    private final Map<TopicPartition, OffsetAndMetadata> published = new HashMap<>();
    private PartitionFile[] open = {};

    @Override
    public void land(Job job) throws IOException {
        FileContext files = PartitionFile.fileSystem(job.hdfs());
        open = new PartitionFile[job.partitions()];
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(job.consumer())) {
            consumer.subscribe(List.of(job.topic()));
            while (!Probe.isFinished()) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
                    append(files, job, each);
                }
                if (!published.isEmpty()) {
                    consumer.commitSync(published);
                    published.clear();
                }
            }
        }
    }

    private void append(FileContext files, Job job, ConsumerRecord<byte[], byte[]> consumed) throws IOException {
        int partition = consumed.partition();
        PartitionFile file = open[partition];
        if (file == null) {
            file = new PartitionFile(files, job.directory(), partition, consumed.offset());
            open[partition] = file;
        }
        if (file.append(consumed.value()) == job.rollRecords()) {
            file.publish(consumed.offset());
            open[partition] = null;
            published.put(
                    new TopicPartition(consumed.topic(), partition), new OffsetAndMetadata(consumed.offset() + 1));
        }
    }
}
