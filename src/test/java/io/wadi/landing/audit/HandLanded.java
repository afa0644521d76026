package io.wadi.landing.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.hdfs.HdfsOptions;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.local.ServerPorts;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of one partition in the test run's Kafka, with files in its HDFS that the test writes itself. */
public final class HandLanded implements AutoCloseable {
    private final ServerPorts servers = TestServers.shared().ports();
    private final HdfsConnection hdfs = new HdfsConnection(HdfsOptions.of(servers.hdfsUri()));
    private final String topic;
    private final TopicPartition partition;
    private final Layout layout;
    private final KafkaProducer<byte[], byte[]> plain;
    private final Admin admin;
    private final FileSystem files;

    /** Creates the topic. The directory of its files and the group have its name. */
    public HandLanded(String topic, Map<String, String> configuration) throws Exception {
        this.topic = topic;
        this.partition = new TopicPartition(topic, 0);
        this.layout = new Layout("/" + topic);
        this.plain = producer(Map.of());
        this.admin = Admin.create(Map.of("bootstrap.servers", servers.kafkaBrokers()));
        this.files = HdfsProbe.open();
        TopicProbe.create(topic, 1, configuration);
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("bootstrap.servers", servers.kafkaBrokers());
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    public Layout layout() {
        return layout;
    }

    public TopicPartition partition() {
        return partition;
    }

    // ---- Kafka

    /** Sends {@code count} values, from v&lt;from&gt; on. */
    public void send(int from, int count) {
        for (String value : values(from, count)) {
            plain.send(record(null, value));
        }
        plain.flush();
    }

    public void send(String key, String value) throws ExecutionException, InterruptedException {
        plain.send(record(key, value)).get();
    }

    /** Sends the same values in a transaction; its marker takes one more offset. */
    public void sendInTransaction(int from, int count, boolean commit) throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", topic))) {
            producer.initTransactions();
            producer.beginTransaction();
            for (String value : values(from, count)) {
                producer.send(record(null, value)).get();
            }
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }
        // The producer does not wait for the marker: the next record could be appended before it.
        TopicProbe.awaitReadable(topic);
    }

    private ProducerRecord<byte[], byte[]> record(String key, String value) {
        return new ProducerRecord<>(topic, key == null ? null : key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    /** Deletes the records before an offset from Kafka. */
    public void drop(long before) throws ExecutionException, InterruptedException {
        TopicProbe.delete(partition, before);
    }

    public void commit(long offset) throws ExecutionException, InterruptedException {
        GroupProbe.commit(topic, partition, offset);
    }

    public void commit(long offset, String metadata) throws ExecutionException, InterruptedException {
        GroupProbe.commit(topic, partition, new OffsetAndMetadata(offset, metadata));
    }

    // ---- HDFS

    public static List<String> values(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(number -> "v" + number)
                .toList();
    }

    public static String lines(List<String> values) {
        StringBuilder lines = new StringBuilder();
        values.forEach(value -> lines.append(value).append('\n'));
        return lines.toString();
    }

    /**
     * Writes a file of the values v&lt;first&gt; to v&lt;last&gt; in {@code below} within the partition's directory.
     */
    public String land(String below, long first, long last) throws IOException {
        return land(
                below,
                first,
                last,
                lines(values((int) first, (int) (last - first + 1))).getBytes(UTF_8));
    }

    public String land(String below, long first, long last, byte[] content) throws IOException {
        String path = layout.visible(partition) + "/" + below + new LandedFile(partition, first, last).name();
        put(path, content);
        return path;
    }

    /** Writes the same file with this block size. */
    public void land(String below, long first, long last, int blockSize) throws IOException {
        String path = layout.visible(partition) + "/" + below + new LandedFile(partition, first, last).name();
        try (FSDataOutputStream out = files.create(new Path(path), true, 4096, (short) 1, blockSize)) {
            out.write(lines(values((int) first, (int) (last - first + 1))).getBytes(UTF_8));
        }
    }

    /** Returns the contents of the files in the partition's directory, by file name. */
    public SortedMap<String, byte[]> visible() throws IOException {
        SortedMap<String, byte[]> visible = new TreeMap<>();
        for (FileStatus file : files.listStatus(new Path(layout.visible(partition)))) {
            try (FSDataInputStream content = files.open(file.getPath())) {
                visible.put(file.getPath().getName(), content.readAllBytes());
            }
        }
        return visible;
    }

    /** Returns the number of blocks of a file. */
    public int blocks(String path) throws IOException {
        return files.getFileBlockLocations(new Path(path), 0, Long.MAX_VALUE).length;
    }

    public FileStore store() {
        return new HdfsFileStore(hdfs, new HdfsFileStore.FileOptions((short) 1, 128 << 20, ""));
    }

    public void put(String path, byte[] content) throws IOException {
        try (FSDataOutputStream out = files.create(new Path(path), true)) {
            out.write(content);
        }
    }

    public void delete(String path) throws IOException {
        files.delete(new Path(path), true);
    }

    // ---- the audit

    public AuditReport.Partition audit(boolean deep) throws IOException, InterruptedException {
        return audit(deep, "read_committed").partitions().get(0);
    }

    public AuditReport audit(boolean deep, String isolation) throws IOException, InterruptedException {
        KafkaClients kafka = KafkaProbe.clients();
        Properties consumer = kafka.observerProperties(topic);
        consumer.put("isolation.level", isolation);
        return new Audit(hdfs, layout.root(), consumer, kafka.adminProperties()).run(topic, deep);
    }

    /** Returns the lines of the report that describe findings. */
    public List<String> details(boolean deep) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>(AuditText.of(audit(deep, "read_committed")));
        int begin = lines.indexOf("partition 0");
        return begin < 0 ? List.of() : lines.subList(begin + 1, lines.size());
    }

    @Override
    public void close() throws IOException {
        plain.close();
        admin.close();
        files.close();
        hdfs.close();
    }
}
