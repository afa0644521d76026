package io.wadi.extension.connectors;

import io.wadi.extension.connectors.database.DatabaseComponent;
import io.wadi.extension.connectors.files.LinesComponent;
import io.wadi.extension.connectors.hdfs.HdfsFilesComponent;
import io.wadi.extension.connectors.source.FeedComponent;
import io.wadi.extension.connectors.source.FeedEndpoint;
import io.wadi.extension.connectors.source.SourceContext;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Connectors between topics, files and tables: the components that their route templates name. */
public final class ConnectorsFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return ConnectorsSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        String positions = context.get(ConnectorsSettings.SOURCE_OFFSETS_TOPIC);
        SourceContext sources =
                new SourceContext(context.kafka(), positions, context.healthThresholds(), context.meters());
        context.bind("lines", new LinesComponent(context.deadLetters(), sources, machine()));
        context.bind("hdfs-files", new HdfsFilesComponent(sources, context.hdfs(), context.meters()));
        context.bind("feed", new FeedComponent(context.deadLetters()));
        context.bind(
                "database",
                new DatabaseComponent(
                        context.deadLetters(), sources, context.get(ConnectorsSettings.DATABASE_REQUEST_TIMEOUT)));
        context.usesKafka(FeedEndpoint.class, fed -> List.of(fed.topic(), positions));
    }

    /** The host name of the files that are read: source offsets are per host. */
    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
