package io.wadi.bench;

import io.wadi.testing.KafkaProbe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;

/** The output topics of one round of one subject, for documents and alerts. */
final class MetricTopics implements AutoCloseable {
    private final String brokers;
    private final String round;
    private final List<BenchTopic> topics = new ArrayList<>();

    private MetricTopics(String brokers, String round) {
        this.brokers = brokers;
        this.round = round;
    }

    /** Returns the topic to which a round's subject with rules writes the changes of alerts. */
    static String changes(String round) {
        return round + ".alerts";
    }

    /** Creates the topics; returns when producers can write to them. */
    static MetricTopics create(String brokers, String round, MetricsSubject subject)
            throws ExecutionException, InterruptedException {
        MetricTopics created = new MetricTopics(brokers, round);
        for (MetricOutput each : MetricOutput.values()) {
            created.topics.add(BenchTopic.create(brokers, each.topic(round)));
        }
        if (subject.hasRules()) {
            created.topics.add(BenchTopic.create(brokers, changes(round)));
        }
        return created;
    }

    /**
     * Sets the outputs of a subject's job, and the expected number of records.
     *
     * @param prefix the prefix of the job's property names
     */
    void describe(Properties job, String prefix, long documents) {
        long outputs = 0;
        for (MetricOutput each : MetricOutput.values()) {
            outputs += each.records(documents);
        }
        job.setProperty(prefix + "directory", round);
        job.setProperty(prefix + "outputs", Long.toString(outputs));
    }

    /**
     * Checks with a read-committed consumer that the topics have the routed documents and alerts of a number of
     * documents, each exactly once.
     */
    void check(MetricFleet fleet, long documents) throws IOException {
        for (MetricOutput each : MetricOutput.values()) {
            MetricsCheck check = new MetricsCheck(fleet, each, documents);
            KafkaProbe.forEach(brokers, each.topic(round), found -> check.accept(found.key(), found.value()));
            check.finish(each.topic(round));
        }
    }

    /** Deletes the topics. */
    @Override
    public void close() {
        topics.forEach(BenchTopic::close);
    }
}
