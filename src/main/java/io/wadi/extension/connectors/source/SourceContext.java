package io.wadi.extension.connectors.source;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.health.HealthThresholds;
import java.time.Duration;

/** The context that all sources of a process share. Thread-safe. */
public final class SourceContext {
    private final KafkaClients kafka;
    private final String offsetsTopic;
    private final HealthThresholds healthThresholds;
    private final MeterRegistry meters;

    /** Takes Kafka's clients, the topic of source offsets, the thresholds of health checks, and the registry of meters. */
    public SourceContext(
            KafkaClients kafka, String offsetsTopic, HealthThresholds healthThresholds, MeterRegistry meters) {
        this.kafka = kafka;
        this.offsetsTopic = offsetsTopic;
        this.healthThresholds = healthThresholds;
        this.meters = meters;
    }

    /**
     * Reads a duration of an endpoint.
     *
     * @param parameter its name
     * @throws IllegalArgumentException where the text is none
     */
    public static Duration duration(String parameter, String text) {
        try {
            return Units.duration(text);
        } catch (IllegalArgumentException e) {
            IllegalArgumentException named =
                    new IllegalArgumentException("%s is \"%s\", allowed is such as 5s".formatted(parameter, text));
            named.addSuppressed(e);
            throw named;
        }
    }

    HealthThresholds healthThresholds() {
        return healthThresholds;
    }

    SourceOffsets offsets(String source) {
        return new SourceOffsets(kafka, offsetsTopic, source);
    }

    SourceTransactions transactions(String source) {
        return SourceTransactions.open(kafka.transactionalProducer(SourceOffsets.GROUP + source), offsetsTopic, source);
    }

    void counted(String route, int records) {
        Counter.builder("wadi.source.records")
                .description("Lines and rows that were read and are records, or dead letters")
                .tag("route", route)
                .register(meters)
                .increment(records);
    }
}
