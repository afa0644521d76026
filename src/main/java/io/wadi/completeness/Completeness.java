package io.wadi.completeness;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.targets.RecordTarget;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;

/**
 * Evaluates the watermarks of topics: the times until which they are complete at targets. For a topic without append
 * times, a watermark is derived from the end offsets that this instance has observed, so it is never earlier than the
 * first evaluation. Not thread-safe.
 */
public final class Completeness implements AutoCloseable {
    private final ProgressReader reader;

    /**
     * Creates an object that connects on demand.
     *
     * @param deadLetterTopic the topic with the dead letters of targets
     * @param clockSkew the maximum amount by which append times can go back
     */
    public Completeness(KafkaClients kafka, String deadLetterTopic, Duration clockSkew) {
        reader = new ProgressReader(kafka, deadLetterTopic, clockSkew, Clock.systemUTC());
    }

    /**
     * Returns the watermark of a topic.
     *
     * @param acceptExpired whether to ignore records that Kafka deleted before they arrived
     * @throws IllegalArgumentException if there is no such topic, or it is not configured for the target
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond
     * @throws IOException if the target does not respond
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
