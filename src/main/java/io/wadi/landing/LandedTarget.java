package io.wadi.landing;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.kafka.targets.ConsumingRoutes;
import io.wadi.kafka.targets.RecordTarget;
import io.wadi.kafka.topics.TopicIdentities;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.OffsetRange;
import io.wadi.landing.files.TimeBuckets;
import io.wadi.landing.files.VisibleFiles;
import io.wadi.runtime.config.Settings;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.support.CamelContextHelper;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The record target of landed files, in the directories of this process's landing routes, or of the settings for topics
 * without such a route.
 */
public final class LandedTarget implements RecordTarget {
    private final CamelContext routes;
    private final List<String> topics;
    private final String group;
    private final FileStore store;
    private final Layout layout;
    private final CompleteMarks marks;
    private final RecentFiles recent;

    /** Creates the target for the landing routes of a context, if it has any; does not connect. */
    public static LandedTarget of(CamelContext routes, Settings settings, HdfsConnection hdfs, MeterRegistry meters) {
        return new LandedTarget(
                routes,
                settings.get(LandingSettings.TOPICS),
                settings.get(LandingSettings.GROUP),
                new HdfsFileStore(hdfs, LandingSettings.fileOptions(settings)),
                settings.get(LandingSettings.DIRECTORY),
                meters);
    }

    LandedTarget(
            CamelContext routes,
            List<String> topics,
            String group,
            FileStore store,
            String directory,
            MeterRegistry meters) {
        this.routes = routes;
        this.topics = topics;
        this.group = group;
        this.store = store;
        this.layout = new Layout(directory);
        this.marks = new CompleteMarks(
                store,
                topic -> CamelContextHelper.mandatoryFindSingleByType(routes, TopicIdentities.class)
                        .of(topic),
                meters,
                Clock.systemUTC());
        this.recent = new RecentFiles(store);
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
        Optional<LandingEndpoint> endpoint = endpoint(arrived.topic());
        String likely = endpoint.filter(LandingEndpoint::isByRecordTime)
                .map(landing -> landing.layout().times().directory(arrived.timestamp()))
                .orElse("");
        return recent.covering(
                        endpoint.map(LandingEndpoint::layout).orElse(layout), partition, likely, arrived.offset())
                .map(LandedTarget::fields);
    }

    private static Map<String, Object> fields(VisibleFiles.File file) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", file.path());
        fields.put("at", file.modified().toString());
        return fields;
    }

    @Override
    public List<Range> expired(TopicPartition partition) throws IOException {
        return store.list(layout(partition.topic()).expired(partition)).stream()
                .flatMap(marker -> OffsetRange.parse(marker.name()).stream())
                .map(range -> new Range(range.first(), range.last()))
                .toList();
    }

    @Override
    public void complete(TopicPartition partition, Instant before) throws IOException {
        Optional<LandingEndpoint> endpoint = endpoint(partition.topic());
        if (endpoint.isPresent() && refusal(endpoint.get()).isEmpty()) {
            marks.write(endpoint.get().layout(), partition, before);
        }
    }

    @Override
    public Optional<String> marks(String topic) {
        return Optional.of(endpoint(topic)
                .map(landing -> refusal(landing)
                        .or(() -> marks.conflict(topic))
                        .map(reason -> "not written: " + reason)
                        .orElse("written"))
                .orElse("not written by this process: it does not land the topic"));
    }

    private Layout layout(String topic) {
        return endpoint(topic).map(LandingEndpoint::layout).orElse(layout);
    }

    private Optional<LandingEndpoint> endpoint(String topic) {
        return ConsumingRoutes.find(routes, topic, LandingEndpoint.class).map(ConsumingRoutes.Found::target);
    }

    /** Returns why the directories of an endpoint cannot be marked as complete; empty if they can. */
    private static Optional<String> refusal(LandingEndpoint landing) {
        if (landing.layout().times() == TimeBuckets.NONE) {
            return Optional.of("files are not divided by time (wadi.landing.time-buckets)");
        }
        return landing.isByRecordTime()
                ? Optional.empty()
                : Optional.of("directories are by the time of landing (wadi.landing.time-source)");
    }
}
