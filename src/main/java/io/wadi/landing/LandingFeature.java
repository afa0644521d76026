package io.wadi.landing;

import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.kafka.targets.RecordTarget;
import io.wadi.kafka.topics.TopicIdentities;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.DebouncedCheck.Use;
import io.wadi.runtime.health.ServerCheck;
import java.time.Clock;
import java.util.List;
import org.apache.camel.CamelContext;

/** Registers the landing component and the health check of HDFS. */
public final class LandingFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return LandingSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        LandingComponent landing = new LandingComponent();
        landing.setHdfs(context.hdfs());
        context.bind("landing", landing);
        context.bindBean("topic-identities", context.closing(new TopicIdentities(context.kafka()::adminProperties)));
        context.bindBean("landed-target", target(context.camel(), context.settings(), context.hdfs()));
        // Started eagerly: connecting to HDFS takes longest.
        context.checkWith(LandingEndpoint.class, "hdfs", true, () -> List.of(check(context)));
    }

    /** Returns the landed files as a target; connects on demand. */
    public static RecordTarget target(CamelContext routes, Settings settings, HdfsConnection hdfs) {
        return new LandedTarget(
                routes,
                settings.get(LandingSettings.TOPICS),
                settings.get(LandingSettings.GROUP),
                hdfs,
                settings.get(LandingSettings.DIRECTORY));
    }

    private static ServerCheck check(FeatureContext context) {
        String directory = context.get(LandingSettings.DIRECTORY);
        HdfsFileStore.FileOptions options = new HdfsFileStore.FileOptions(
                context.get(WadiSettings.LANDING_REPLICATION).shortValue(),
                context.get(LandingSettings.BLOCK_SIZE),
                context.get(LandingSettings.FILE_GROUP));
        return new ServerCheck(
                "wadi-hdfs",
                Use.NONE,
                context.get(WadiSettings.HDFS_URI) + directory,
                "landing pauses while Kafka retains the events, and resumes automatically once files can be written",
                new HdfsWriteProbe(
                        new HdfsFileStore(context.hdfs(), options),
                        context.hdfs(),
                        directory,
                        context.get(LandingSettings.HEALTH_MIN_HDFS_SPACE),
                        Clock.systemUTC()));
    }
}
