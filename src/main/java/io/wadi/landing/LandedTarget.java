package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.kafka.targets.ConsumingRoutes;
import io.wadi.kafka.targets.RecordTarget;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.OffsetRange;
import io.wadi.landing.files.VisibleFiles;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The landed files as a target of records: those of this process' landing routes, else of the settings. */
final class LandedTarget implements RecordTarget {
    private final CamelContext routes;
    private final List<String> topics;
    private final String group;
    private final FileStore store;
    private final Layout layout;
    private final RecentFiles recent;

    /** Takes the topics, group and directory of the settings. */
    LandedTarget(CamelContext routes, List<String> topics, String group, HdfsConnection hdfs, String directory) {
        this.routes = routes;
        this.topics = topics;
        this.group = group;
        this.store = new HdfsFileStore(hdfs, HdfsFileStore.FileOptions.DEFAULT);
        this.layout = new Layout(directory);
        this.recent = new RecentFiles(store, layout);
    }

    @Override
    public String name() {
        return "landed";
    }

    @Override
    public Optional<String> group(String topic) {
        return ConsumingRoutes.find(routes, topic, LandingEndpoint.class)
                .map(ConsumingRoutes.Found::group)
                .or(() -> topics.contains(topic) ? Optional.of(group) : Optional.empty());
    }

    @Override
    public Optional<Map<String, Object>> find(ConsumerRecord<byte[], byte[]> arrived) throws IOException {
        TopicPartition partition = new TopicPartition(arrived.topic(), arrived.partition());
        return recent.covering(partition, arrived.offset()).map(LandedTarget::fields);
    }

    private static Map<String, Object> fields(VisibleFiles.File file) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", file.path());
        fields.put("at", file.modified().toString());
        return fields;
    }

    @Override
    public List<Range> expired(TopicPartition partition) throws IOException {
        return store.list(layout.expired(partition)).stream()
                .flatMap(marker -> OffsetRange.parse(marker.name()).stream())
                .map(range -> new Range(range.first(), range.last()))
                .toList();
    }
}
