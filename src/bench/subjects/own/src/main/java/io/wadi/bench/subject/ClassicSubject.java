package io.wadi.bench.subject;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A typical handwritten worker: strings, a buffer per partition, and after each poll a new file for each buffer with
 * ten records or more; with the default settings of Kafka and HDFS.
 */
public final class ClassicSubject implements Subject {
    private static final int FLUSH_RECORDS = 10;

    private final Map<Integer, List<String>> buffers = new HashMap<>();
    private final Map<Integer, Long> firstOffsets = new HashMap<>();

    @Override
    public void land(Job job) throws IOException {
        Configuration configuration = new Configuration();
        configuration.set("dfs.replication", "1");
        long received = 0;
        try (FileSystem hdfs = FileSystem.newInstance(URI.create(job.hdfs()), configuration);
                KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings(job))) {
            consumer.subscribe(List.of(job.topic()));
            while (!Probe.isFinished()) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofSeconds(1))) {
                    buffer(each);
                    received++;
                }
                boolean last = received == job.records();
                if (flush(hdfs, job, last ? 1 : FLUSH_RECORDS) || last) {
                    consumer.commitSync();
                }
            }
        }
    }

    private static Map<String, Object> settings(Job job) {
        return Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                job.brokers(),
                ConsumerConfig.GROUP_ID_CONFIG,
                job.group(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                "false",
                ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
                Probe.class.getName(),
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class.getName(),
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class.getName());
    }

    private void buffer(ConsumerRecord<String, String> consumed) {
        List<String> buffer = buffers.computeIfAbsent(consumed.partition(), partition -> new ArrayList<>());
        if (buffer.isEmpty()) {
            firstOffsets.put(consumed.partition(), consumed.offset());
        }
        buffer.add(consumed.value());
    }

    private boolean flush(FileSystem hdfs, Job job, int least) throws IOException {
        boolean flushed = false;
        for (Map.Entry<Integer, List<String>> each : buffers.entrySet()) {
            if (each.getValue().size() >= least) {
                Path path = new Path("%s/events-%d-%d.log"
                        .formatted(job.directory(), each.getKey(), firstOffsets.get(each.getKey())));
                try (FSDataOutputStream out = hdfs.create(path)) {
                    out.write((String.join("\n", each.getValue()) + "\n").getBytes(UTF_8));
                }
                each.getValue().clear();
                flushed = true;
            }
        }
        return flushed;
    }
}
