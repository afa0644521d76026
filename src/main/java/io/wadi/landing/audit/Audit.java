package io.wadi.landing.audit;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.kafka.records.TopicReader;
import io.wadi.landing.audit.PartitionAudit.Depth;
import io.wadi.landing.files.LandedRecords;
import io.wadi.landing.files.Layout;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Compares the landed files of a topic with Kafka. It only reads, and landing can continue meanwhile. By default it
 * reads the names and lengths of files, and from Kafka the records at offsets that no file covers.
 */
public final class Audit {
    private final FileStore store;
    private final Layout layout;
    private final Properties consumer;
    private final Properties admin;

    /**
     * Creates an audit of landed files.
     *
     * @param consumer settings of a consumer of byte arrays, in landing's group and with its isolation level
     * @param admin settings of an admin client
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
     * @param deep whether the contents of files are also compared with Kafka's records
     * @throws FileNotFoundException if there is nothing to audit
     * @throws IOException if HDFS does not respond
     * @throws KafkaException if Kafka does not respond, or deleted records while they were read
     */
    public AuditReport run(String topic, boolean deep) throws IOException, InterruptedException {
        String group = consumer.getProperty("group.id");
        try (TopicReader log = TopicReader.complete(consumer)) {
            if (log.partitions(topic).isEmpty()) {
                throw new FileNotFoundException("Kafka has no topic " + topic);
            }
            List<TopicPartition> listed = new LandedRecords(store, layout).partitions(topic);
            // Read after the listing: Kafka has the partitions of all files, unless the topic was recreated.
            List<TopicPartition> partitions = log.partitions(topic);
            if (store.list(layout.visible(topic)).isEmpty()) {
                boolean committed = partitions.stream().anyMatch(partition -> log.committed(partition) >= 0);
                throw new FileNotFoundException("no landed files in %s, and group %s has %s of %s"
                        .formatted(layout.visible(topic), group, committed ? "committed offsets" : "no offset", topic));
            }
            Depth depth = deep ? depth(topic) : Depth.NAMES;
            List<AuditReport.Partition> found = new ArrayList<>();
            for (TopicPartition partition : partitions) {
                found.add(new PartitionAudit(store, layout, log, partition).audit(depth));
            }
            for (TopicPartition partition : listed) {
                if (!partitions.contains(partition)) {
                    new PartitionAudit(store, layout, log, partition)
                            .withoutLog(depth)
                            .ifPresent(found::add);
                }
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
            throw new KafkaException("reading the cleanup policy of topic " + topic + " failed", e.getCause());
        }
    }
}
