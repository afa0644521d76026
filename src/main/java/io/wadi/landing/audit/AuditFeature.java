package io.wadi.landing.audit;

import io.wadi.hdfs.HdfsConnection;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.records.Masking;
import io.wadi.landing.LandingSettings;
import io.wadi.landing.files.LandedFilePreview;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.WadiSettings;

/** Provides landed files, their content and audits to the management page. */
public final class AuditFeature implements Feature {
    @Override
    public void bind(FeatureContext context) {
        HdfsConnection hdfs = context.hdfs();
        KafkaClients kafka = context.kafka();
        String web = context.get(WadiSettings.HDFS_WEB);
        String directory = context.get(LandingSettings.DIRECTORY);
        context.bindBean(
                "landed-files",
                new LandedTopicView(
                        new LandedListing(hdfs, directory),
                        new LandedFilePreview(
                                hdfs, web, directory, Masking.of(context.get(WadiSettings.MANAGEMENT_MASKED_FIELDS))),
                        () -> new Audit(
                                hdfs,
                                directory,
                                kafka.observerProperties(context.get(LandingSettings.GROUP)),
                                kafka.adminProperties())));
    }
}
