package io.wadi.landing.audit;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.landing.TopicLog;
import io.wadi.landing.audit.PartitionAudit.Depth;
import io.wadi.landing.files.Layout;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Compares what has landed of a topic with what Kafka has. It reads only, and landing may go on meanwhile. By default it
 * reads names and lengths, and of Kafka what no file covers.
 */
public final class Audit {
    private final FileStore store;
    private final Layout layout;
    private final Properties consumer;
    private final Properties admin;

    /**
     * Takes where landed files stand and the settings of clients of Kafka.
     *
     * @param consumer of byte arrays, in landing's group and with its isolation
     */
    public Audit(HdfsConnection hdfs, String directory, Properties consumer, Properties admin) {
        this(new HdfsFileStore(hdfs, HdfsFileStore.FileOptions.DEFAULT), new Layout(directory), consumer, admin);
    }

    Audit(FileStore store, Layout layout, Properties consumer, Properties admin) {
        this.store = store;
        this.layout = layout;
        this.consumer = consumer;
        this.admin = admin;
    }

    /**
     * Audits a topic.
     *
     * @param deep whether the files are read too and compared with Kafka's records
     * @throws FileNotFoundException where there is nothing to audit
     * @throws IOException where HDFS does not answer
     * @throws KafkaException where Kafka does not answer, or dropped records while they were read
     */
    public AuditReport run(String topic, boolean deep) throws IOException, InterruptedException {
        String group = consumer.getProperty("group.id");
        try (TopicLog log = new TopicLog(consumer)) {
            List<TopicPartition> partitions = log.partitions(topic);
            if (partitions.isEmpty()) {
                throw new FileNotFoundException("Kafka has no topic " + topic);
            }
            if (store.list(layout.visible(topic)).isEmpty()) {
                boolean committed = partitions.stream().anyMatch(partition -> log.committed(partition) >= 0);
                throw new FileNotFoundException("nothing stands in %s, and group %s has %s of %s"
                        .formatted(layout.visible(topic), group, committed ? "committed offsets" : "no offset", topic));
            }
            Depth depth = deep ? depth(topic) : Depth.NAMES;
            List<AuditReport.Partition> found = new ArrayList<>();
            for (TopicPartition partition : partitions) {
                found.add(new PartitionAudit(store, layout, log, partition, Clock.systemUTC()).audit(depth));
            }
            return AuditReport.of(topic, group, layout.root(), deep, found);
        }
    }

    private Depth depth(String topic) throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin kafka = Admin.create(admin)) {
            String policy = kafka.describeConfigs(List.of(resource))
                    .all()
                    .get()
                    .get(resource)
                    .get("cleanup.policy")
                    .value();
            return policy.contains("compact") ? Depth.COMPACTED_CONTENTS : Depth.CONTENTS;
        } catch (ExecutionException e) {
            throw new KafkaException("the cleanup policy of " + topic + " cannot be read", e.getCause());
        }
    }
}
