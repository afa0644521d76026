package io.wadi.landing.audit;

import io.wadi.landing.files.LandedFilePreview;
import io.wadi.management.TopicView;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Lists, previews and audits landed files for the management page. Thread-safe.
 *
 * @param audit creates an audit with the current settings of Kafka's clients
 */
record LandedTopicView(LandedListing listing, LandedFilePreview preview, Supplier<Audit> audit)
        implements TopicView.Files {
    @Override
    public Object topics() throws IOException {
        return listing.topics();
    }

    @Override
    public Object files(String topic) throws IOException {
        return listing.files(topic);
    }

    @Override
    public Object preview(String topic, String file) throws IOException {
        return preview.read(topic, file);
    }

    @Override
    public String url(String path) {
        return preview.url(path);
    }

    @Override
    public Object audit(String topic) throws IOException, InterruptedException {
        listing.requireLanded(topic);
        Instant begun = Instant.now();
        return AuditSummary.of(audit.get().run(topic, false), begun, Duration.between(begun, Instant.now()));
    }
}
