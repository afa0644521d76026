package io.wadi.completeness;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.targets.RecordTarget;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;

/**
 * Evaluates until when topics are complete at targets. For a topic without append times a watermark is proven by ends
 * that this instance has observed, so it is never earlier than the first evaluation. For one thread.
 */
public final class Completeness implements AutoCloseable {
    private final ProgressReader reader;

    /**
     * Creates no connection.
     *
     * @param clockSkew by how much append times may go back
     */
    public Completeness(KafkaClients kafka, Duration clockSkew) {
        reader = new ProgressReader(kafka, clockSkew, Clock.systemUTC());
    }

    /**
     * Returns the watermark of a topic.
     *
     * @param acceptExpired whether records that Kafka deleted before they arrived are left out of account
     * @throws IllegalArgumentException if there is no such topic, or it is not configured for the target
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer
     * @throws IOException if the target does not answer
     */
    public Watermark watermark(String topic, RecordTarget target, boolean acceptExpired)
            throws InterruptedException, IOException {
        String group = target.group(topic)
                .orElseThrow(() -> new IllegalArgumentException(
                        "Topic %s is not configured to be %s".formatted(topic, target.name())));
        return reader.read(topic, target, group)
                .orElseThrow(() -> new IllegalArgumentException("There is no topic " + topic))
                .watermark(acceptExpired);
    }

    @Override
    public void close() {
        reader.close();
    }
}
