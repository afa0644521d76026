package io.wadi.landing;

import io.wadi.hdfs.HdfsFileStore;
import io.wadi.kafka.topics.TopicIdentities;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.DebouncedCheck.Use;
import io.wadi.runtime.health.ServerCheck;
import java.util.List;

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
        context.bindBean(
                "landed-target",
                LandedTarget.of(context.camel(), context.settings(), context.hdfs(), context.meters()));
        // Started eagerly, since connecting to HDFS takes longer than to the other servers.
        context.checkWith(LandingEndpoint.class, "hdfs", true, () -> List.of(check(context)));
    }

    private static ServerCheck check(FeatureContext context) {
        String directory = context.get(LandingSettings.DIRECTORY);
        return new ServerCheck(
                "wadi-hdfs",
                Use.NONE,
                context.get(WadiSettings.HDFS_URI) + directory,
                "landing pauses while Kafka retains the events, and resumes automatically once files can be written",
                new HdfsWriteProbe(
                        new HdfsFileStore(context.hdfs(), LandingSettings.fileOptions(context.settings())),
                        context.hdfs(),
                        directory,
                        context.get(LandingSettings.HEALTH_MIN_HDFS_SPACE)));
    }
}
