package io.wadi.extension.connectors;

import io.wadi.extension.connectors.database.DatabaseEndpoint;
import io.wadi.extension.connectors.files.FileStreamEndpoint;
import io.wadi.extension.connectors.hdfs.HdfsFilesEndpoint;
import io.wadi.extension.connectors.source.ConnectorComponent;
import io.wadi.extension.connectors.source.SourceContext;
import io.wadi.extension.connectors.source.SourceRecordsEndpoint;
import io.wadi.kafka.Causes;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.TopicMonitor;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.camel.util.InetAddressUtil;
import org.apache.kafka.common.KafkaException;

/**
 * The connectors feature: the Camel components of the route templates that connect topics with files, HDFS and tables.
 */
public final class ConnectorsFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return ConnectorsSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        String offsets = context.get(ConnectorsSettings.SOURCE_OFFSETS_TOPIC);
        Duration requestTimeout = context.get(ConnectorsSettings.DATABASE_REQUEST_TIMEOUT);
        DeadLetterSender deadLetters = context.deadLetters();
        SourceContext sources =
                new SourceContext(context.kafka(), offsets, context.healthThresholds(), context.meters());
        TopicMonitor topics = context.closing(new TopicMonitor(context.kafka()::adminProperties));
        // Source offsets of files are per host.
        String host = InetAddressUtil.getLocalHostNameSafe();
        bind(
                context,
                "file-stream",
                (uri, component, path) -> new FileStreamEndpoint(uri, component, sources, host, deadLetters));
        bind(
                context,
                "hdfs-files",
                (uri, component, path) ->
                        new HdfsFilesEndpoint(uri, component, sources, context.hdfs(), context.meters()));
        bind(
                context,
                "source-records",
                (uri, component, topic) -> new SourceRecordsEndpoint(
                        uri, component, topic, each -> partitions(topics, each), deadLetters));
        bind(
                context,
                "database",
                (uri, component, table) ->
                        new DatabaseEndpoint(uri, component, table, sources, requestTimeout, deadLetters));
        context.usesKafka(SourceRecordsEndpoint.class, endpoint -> List.of(endpoint.topic(), offsets));
    }

    /** Returns a topic's number of partitions at most a second ago. */
    private static int partitions(TopicMonitor topics, String topic) {
        try {
            return topics.topic(topic).join().topic().partitions().size();
        } catch (CompletionException e) {
            Throwable cause = Causes.unwrap(e);
            throw new KafkaException("Describing topic %s failed: %s".formatted(topic, Causes.inShort(cause)), cause);
        }
    }

    private static void bind(FeatureContext context, String scheme, ConnectorComponent.Endpoints endpoints) {
        context.bind(scheme, new ConnectorComponent(endpoints));
    }
}
