package io.wadi;

import io.wadi.hdfs.HdfsConnection;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.records.Masking;
import io.wadi.landing.LandedLook;
import io.wadi.landing.audit.Audit;
import io.wadi.landing.audit.AuditSummary;
import io.wadi.landing.audit.LandedListing;
import io.wadi.management.page.LandedRoutes;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/** What the page sees of landing: its files, what is in one, and what {@code ./wadi audit} finds. */
final class LandedLooks implements LandedRoutes.Landed {
    private final LandedListing listing;
    private final LandedLook look;
    private final Supplier<Audit> audit;

    /** Connects to nothing. */
    LandedLooks(Settings settings, HdfsConnection hdfs, KafkaClients kafka, Masking masking) {
        String directory = settings.get(WadiSettings.LANDING_DIRECTORY);
        this.listing = new LandedListing(hdfs, directory);
        this.look = new LandedLook(hdfs, settings.get(WadiSettings.HDFS_WEB), directory, masking);
        // The settings of Kafka's clients are complete when the context is.
        this.audit = () -> new Audit(
                hdfs,
                directory,
                kafka.observerProperties(settings.get(WadiSettings.LANDING_GROUP)),
                kafka.adminProperties());
    }

    @Override
    public Object topics() throws IOException {
        return listing.topics();
    }

    @Override
    public Object files(String topic) throws IOException {
        return listing.files(topic);
    }

    @Override
    public Object look(String topic, String file) throws IOException {
        return look.into(topic, file);
    }

    @Override
    public Object audit(String topic) throws IOException, InterruptedException {
        listing.requireLanded(topic);
        Instant begun = Instant.now();
        return AuditSummary.of(audit.get().run(topic, false), begun, Duration.between(begun, Instant.now()));
    }
}
